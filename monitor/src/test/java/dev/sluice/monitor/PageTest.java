package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import dev.sluice.channels.Channel;
import dev.sluice.fixtures.Browser;
import dev.sluice.fixtures.Until;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Rate;
import dev.sluice.pipelines.Running;
import dev.sluice.pipelines.Source;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/// The page in a real browser, beside a real pipeline.
@Timeout(120)
class PageTest {
  private final Monitor monitor = new Monitor();
  private final Channel<Long> inbox = Channel.<Long>builder().named("inbox").bounded(100);
  private Running running;

  /// A pipeline that has something of everything: parallel work, failures, a slow branch.
  @BeforeEach
  void start() throws Exception {
    var tap = monitor.<Long>tap("priced orders", id -> "order " + id + ", card ****");
    running =
        Pipeline.from(Source.of(() -> LongStream.range(0, 100_000_000).boxed()))
            .named("orders")
            .throttle(Rate.perSecond(5_000))
            .map(
                Parallel.unordered(2),
                (Long id) -> {
                  if (id % 97 == 0) {
                    throw new IllegalStateException("no price");
                  }
                  LockSupport.parkNanos(1_000_000); // much slower than the throttle
                  return id;
                })
            .named("price")
            .onError(OnError.skip(Long.MAX_VALUE))
            .filter(id -> id % 10 != 0)
            .named("not free")
            .peek(tap)
            .broadcast(
                List.of(
                    pipe -> pipe.to("ship", id -> {}),
                    pipe ->
                        pipe.buffer(64)
                            .batch(20, Duration.ofMillis(100))
                            .to("write to table", batch -> LockSupport.parkNanos(1_000_000))))
            .named("orders")
            .start();
    monitor.watch(running);
    monitor.watch(inbox);
    for (long i = 0; i < 42; i++) {
      inbox.send(i);
    }
  }

  @AfterEach
  void stop() throws Exception {
    running.abort();
    monitor.close();
  }

  private static final Pattern ITEMS = Pattern.compile("[\\d,]+");

  private static long shown(Browser browser, String outcome) {
    var text = browser.find("dl ." + outcome + " + dd").getText();
    assertThat(text).matches(ITEMS);
    return Long.parseLong(text.replace(",", ""));
  }

  private static void awaitLive(Browser browser) throws Exception {
    Until.holds("the page is live", () -> browser.text("#connection").startsWith("live"));
    Until.holds("it shows figures", () -> shown(browser, "out") > 0);
  }

  @Test
  void it_shows_what_runs_as_it_runs() throws Exception {
    try (var server = MonitorServer.of(monitor).start();
        var browser = Browser.open(false, 1280, 1_250)) {
      browser.go(server.page());
      awaitLive(browser);
      long before = shown(browser, "out");

      Until.holds("the figures move", () -> shown(browser, "out") > before);

      Until.holds(
          "the limit is marked",
          () -> browser.text(".verdict").contains("'price' limits the rate"));
      assertThat(browser.driver().findElements(By.cssSelector(".graph .limit"))).hasSize(1);
      assertThat(browser.driver().findElements(By.cssSelector(".graph .card"))).hasSize(9);
      assertThat(browser.text("#channels tbody")).contains("inbox").contains("42 of 100");
      assertThat(browser.text("#taps")).contains("card ****");
      assertThat(browser.find(".controls").isDisplayed()).isFalse();
      browser.find("details summary").click();
      Until.holds("the table is filled", () -> browser.text(".stages tbody").contains("not free"));
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void it_looks_well_by_day_by_night_and_on_a_phone() throws Exception {
    monitor.alarm(
        Alarm.backlog("inbox", 40, 10), AlarmListener.log(System.getLogger("dev.sluice.test")));
    monitor.watch("jobs", PageTest::away);
    try (var server = MonitorServer.of(monitor).allowControl().start()) {
      for (boolean dark : new boolean[] {false, true}) {
        try (var browser = Browser.open(dark, 1280, 1_400)) {
          browser.go(server.page());
          awaitLive(browser);
          Until.holds(
              "the charts have points",
              () -> (long) browser.run("return Chart.instances[0].data.labels.length") > 8);
          assertThat(browser.run("return document.documentElement.dataset.theme"))
              .isEqualTo(dark ? "dark" : "light");
          assertThat(Files.size(browser.shoot(dark ? "monitor-dark" : "monitor-light")))
              .isGreaterThan(20_000);
          assertThat(browser.complaints()).isEmpty();
        }
      }
      try (var browser = Browser.open(false, 390, 844)) {
        browser.go(server.page());
        awaitLive(browser);
        browser.shoot("monitor-phone");
        assertThat((long) browser.run("return document.documentElement.scrollWidth"))
            .as("nothing sticks out")
            .isLessThanOrEqualTo(390);
      }
    }
  }

  private static Backlog.Depth away() throws IOException {
    throw new IOException("Connection to db.example:5432 refused");
  }

  @Test
  void a_queue_that_can_not_be_read_is_told_until_it_can() throws Exception {
    var away = new AtomicBoolean(true);
    monitor.watch(
        "jobs",
        () -> away.get() ? away() : new Backlog.Depth(7, 1_000, 7, 0, Duration.ofSeconds(5)));
    try (var server = MonitorServer.of(monitor).start();
        var browser = Browser.open(false, 1280, 900)) {
      browser.go(server.page());
      awaitLive(browser);

      Until.holds(
          "it is told",
          () ->
              browser
                  .text("#channels .unreadable")
                  .matches("jobs can't be read since \\d+:\\d+:\\d+: Connection to .* refused"));
      away.set(false);
      Until.holds("it is shown", () -> browser.text("#channels tbody").contains("7 of 1,000"));
      assertThat(browser.text("#channels .unreadable")).isEmpty();
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void an_accessibility_check_finds_nothing_serious() throws Exception {
    monitor.watch("jobs", PageTest::away);
    try (var server = MonitorServer.of(monitor).allowControl().start()) {
      for (boolean dark : new boolean[] {false, true}) {
        try (var browser = Browser.open(dark, 1280, 1_400)) {
          browser.go(server.page());
          awaitLive(browser);
          browser.find("details summary").click();
          Until.holds("open", () -> browser.text(".stages tbody").contains("price"));

          var found = new AxeBuilder().analyze(browser.driver()).getViolations();

          assertThat(found)
              .filteredOn(rule -> List.of("serious", "critical").contains(rule.getImpact()))
              .extracting(Rule::getId, Rule::getHelp, rule -> rule.getNodes().getFirst().getHtml())
              .isEmpty();
        }
      }
    }
  }

  @Test
  void everything_can_be_done_by_keyboard() throws Exception {
    try (var server = MonitorServer.of(monitor).allowControl().start();
        var browser = Browser.open(false, 1280, 1_400)) {
      browser.go(server.page());
      awaitLive(browser);

      for (int i = 0; i < 40 && !focused(browser).equals("pause"); i++) {
        browser.driver().switchTo().activeElement().sendKeys(Keys.TAB);
      }
      browser.driver().switchTo().activeElement().sendKeys(Keys.ENTER);

      Until.holds("it pauses", running::isPaused);
    }
  }

  private static String focused(Browser browser) {
    return String.valueOf(browser.run("return document.activeElement.dataset.do"));
  }

  @Test
  void its_buttons_steer_the_pipeline() throws Exception {
    try (var server = MonitorServer.of(monitor).allowControl().start();
        var browser = Browser.open(false, 1280, 1_400)) {
      browser.go(server.page());
      awaitLive(browser);

      browser.find("[data-do=pause]").click();
      Until.holds("it pauses", running::isPaused);
      Until.holds("it says so", () -> browser.text(".state").equals("paused"));
      browser.find("[data-do=resume]").click();
      Until.holds("it goes on", () -> !running.isPaused());

      var workers = browser.find(".workers input");

      workers.sendKeys(Keys.chord(Keys.CONTROL, "a"), "7", Keys.TAB);
      Until.holds("it has more workers", () -> running.stage("price").concurrency() == 7);

      browser.find("[data-do=drain]").click();
      Until.holds("it has ended", running::isDone);
      Until.holds("it says so", () -> browser.text(".state").equals("done"));
      assertThat(shown(browser, "inFlight")).isZero();
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void it_finds_its_way_back_when_the_server_was_restarted() throws Exception {
    var first = MonitorServer.of(monitor).start();
    try (var browser = Browser.open(false, 1280, 900)) {
      browser.go(first.page());
      awaitLive(browser);
      first.close();
      Until.holds("it says so", () -> browser.text("#connection").startsWith("no connection"));

      try (var second = MonitorServer.of(monitor).port(first.port()).start()) {
        Until.holds("it is live again", () -> browser.text("#connection").startsWith("live"));
        long before = shown(browser, "out");
        Until.holds("the figures move", () -> shown(browser, "out") > before);
        Until.holds("it has its stream again", () -> second.streams() == 1);
      }
    } finally {
      first.close();
    }
  }

  @Test
  void where_no_stream_is_left_it_asks_now_and_then() throws Exception {
    try (var server = MonitorServer.of(monitor).streams(1).start();
        var taken = new Wire(server.port());
        var browser = Browser.open(false, 1280, 900)) {
      taken.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      taken.readUntil("data: ");
      browser.go(server.page());

      awaitLive(browser);
    }
  }

  @Test
  void what_things_are_called_is_never_taken_for_html() throws Exception {
    var evil = "<img src=x onerror=\"document.title='owned'\">";
    try (var server = MonitorServer.of(monitor).start();
        var browser = Browser.open(false, 1280, 900)) {
      monitor.watch(evil, running);
      monitor.watch(evil + "2", inbox);
      monitor.<String>tap(evil, text -> text).accept(evil);
      browser.go(server.page());
      awaitLive(browser);

      Until.holds("it is shown as it is", () -> browser.text("#pipelines").contains("<img src=x"));
      assertThat(browser.driver().getTitle()).isEqualTo("Sluice monitor");
      assertThat(browser.run("return document.querySelectorAll('main img').length")).isEqualTo(0L);
    }
  }

  @Test
  void a_token_in_the_address_opens_it_and_does_not_stay_there() throws Exception {
    try (var server = MonitorServer.of(monitor).token("0123456789abcdef").start();
        var browser = Browser.open(false, 1280, 900)) {
      browser.go(server.page());

      awaitLive(browser);

      assertThat(browser.driver().getCurrentUrl()).doesNotContain("0123456789abcdef");
    }
  }

  @Test
  void it_weighs_little_and_is_there_within_a_second() throws Exception {
    try (var server = MonitorServer.of(monitor).start();
        var browser = Browser.open(false, 1280, 900)) {
      browser.go(server.page());
      awaitLive(browser);
      long interactive = Long.MAX_VALUE;
      for (int i = 0; i < 5; i++) { // what it takes when nobody else wants the processors
        browser.driver().navigate().refresh();
        awaitLive(browser);
        var took =
            browser.run("return performance.getEntriesByType('navigation')[0].domInteractive");
        interactive = Math.min(interactive, ((Number) took).longValue());
      }
      assertThat(interactive).isLessThan(1_000);

      var client = HttpClient.newHttpClient();
      int bytes = 0;
      for (var path :
          List.of(
              "/",
              "/app.css",
              "/app.js",
              "/graph.js",
              "/theme.js",
              "/live.js",
              "/charts.js",
              "/format.js",
              "/chart.js",
              "/icon.svg")) {
        var request =
            HttpRequest.newBuilder(server.page().resolve(path))
                .header("Accept-Encoding", "gzip")
                .build();
        var answer = client.send(request, BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        bytes += answer.body().length;
      }
      assertThat(bytes).isLessThan(300_000);
      var loaded =
          (List<?>)
              browser.run("return performance.getEntriesByType('resource').map(one => one.name)");
      assertThat(loaded)
          .allSatisfy(name -> assertThat(name).asString().startsWith(server.page().toString()));
    }
  }
}
