package dev.sluice.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import dev.sluice.fixtures.Browser;
import dev.sluice.fixtures.Until;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/// The playground in a real browser.
@Timeout(120)
class PageTest {
  private Lab lab;

  @BeforeEach
  void start() throws Exception {
    lab = Lab.start(0);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private static void awaitLive(Browser browser) throws Exception {
    Until.holds(
        "the page is live",
        () -> browser.text("#connection").equals("live") && !browser.text("#account").isEmpty());
  }

  private URI with(String query) {
    return lab.page().resolve("/?" + query);
  }

  private static void type(Browser browser, String knob, String value) {
    browser.find("#knob-" + knob).sendKeys(Keys.chord(Keys.CONTROL, "a"), value, Keys.TAB);
  }

  private static double measuredThroughput(Browser browser) {
    var shown = browser.text("#figures tbody tr:first-child td:nth-child(3)");
    return shown.matches("[\\d.]+") ? Double.parseDouble(shown) : 0;
  }

  @Test
  void a_control_changes_what_is_measured_and_a_reload_restores_it() throws Exception {
    try (var browser = Browser.open(false, 1280, 1_400)) {
      browser.go(with("rate=5&producers=2&service1=20&arrivals=constant&speed=4"));
      awaitLive(browser);
      Until.holds(
          "it measures", // at first a few items may seem to be many
          () -> {
            double measured = measuredThroughput(browser);
            return measured > 5 && measured < 20;
          });

      type(browser, "rate", "30");

      Until.holds("it measures more", () -> measuredThroughput(browser) > 40);
      Until.holds(
          "the address says so",
          () -> browser.driver().getCurrentUrl().contains("rate=30&arrivals=constant"));
      browser.driver().navigate().refresh();
      awaitLive(browser);
      Until.holds("it is as before", () -> value(browser, "rate").equals("30"));
      assertThat(value(browser, "speed")).isEqualTo("4");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static String value(Browser browser, String knob) {
    return String.valueOf(
        browser.run("return document.getElementById('knob-%s').value".formatted(knob)));
  }

  @Test
  void what_a_setting_cannot_be_is_said_beside_it() throws Exception {
    try (var browser = Browser.open(false, 1280, 1_400)) {
      browser.go(with("kind=rendezvous&overflow=drop-oldest"));
      awaitLive(browser);
      Until.holds(
          "it says what to change",
          () -> browser.text("#refused").contains("choose overflow=drop-newest"));

      type(browser, "producers", "17");

      Until.holds("it names the setting", () -> browser.text("#refused").contains("Producers: "));
    }
  }

  @Test
  void it_is_steered_by_keyboard_and_by_mouse() throws Exception {
    try (var browser = Browser.open(false, 1280, 1_400)) {
      browser.go(with("rate=20&service1=50"));
      awaitLive(browser);
      browser.find("[data-do=pause]").sendKeys(Keys.ENTER);
      Until.holds("it pauses", () -> browser.text("#state").equals("paused"));
      var at = time(browser);
      browser.find("[data-do=step]").click();
      Until.holds("it steps", () -> time(browser) > at);
      browser.find("[data-do=drain]").click();
      Until.holds("it ends", () -> browser.text("#state").equals("ended"));
      assertThat(browser.text("#account")).contains("+ 0 on their way");
      browser.find("[data-do=restart]").click();
      Until.holds("it begins anew", () -> browser.text("#state").equals("running"));
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static double time(Browser browser) {
    return Double.parseDouble(
        String.valueOf(browser.run("return document.getElementById('scene').dataset.time")));
  }

  @Test
  void restarted_it_goes_on_as_the_page_was_set() throws Exception {
    try (var browser = Browser.open(false, 1280, 1_400)) {
      browser.go(with("rate=30&producers=2&service1=2&speed=4"));
      awaitLive(browser);
      Until.holds("it has run for a while", () -> time(browser) > 8);
      int port = lab.page().getPort();
      lab.close();
      Until.holds("it says so", () -> browser.text("#connection").startsWith("no connection"));

      lab = Lab.start(port);

      awaitLive(browser);
      Until.holds("it runs at that rate", () -> measuredThroughput(browser) > 30);
      assertThat(value(browser, "rate")).isEqualTo("30");
      assertThat(browser.driver().getCurrentUrl()).contains("rate=30");
    }
  }

  @Test
  void it_says_how_far_real_threads_stray_from_the_theory() throws Exception {
    try (var browser = Browser.open(false, 1280, 1_400)) {
      // M/M/1/K, and something that M/M/c/K is not
      browser.go(
          with(
              "producers=1&rate=50&capacity=3&overflow=drop-newest&workers1=1&service1=20&speed=5"));
      awaitLive(browser);
      Until.holds("it is measured", () -> measuredThroughput(browser) > 20);
      for (int row = 1; row <= 5; row++) {
        for (int column = 3; column <= 4; column++) {
          assertThat(
                  browser.text(
                      "#figures tbody tr:nth-child(%d) td:nth-child(%d)".formatted(row, column)))
              .containsPattern("\\d");
        }
      }

      browser.go(with("services=heavy-tailed&producers=1&rate=50&service1=18&speed=5"));

      Until.holds(
          "it says by how much, and why",
          () ->
              browser.text("#verdict").contains("expected were")
                  && browser.text("#verdict").contains("it expects service times that vary less"));
    }
  }

  @Test
  void every_scenario_can_be_chosen() throws Exception {
    try (var browser = Browser.open(false, 1280, 1_400)) {
      browser.go(lab.page());
      awaitLive(browser);
      int place = 1; // that of "your own"
      for (var scenario : Scenario.values()) {
        place++;
        // not typed: a browser that is kept waiting takes the rest of a title for another's
        browser.find("#scenario option:nth-child(%d)".formatted(place)).click();
        Until.holds(scenario.title, () -> browser.text("#story").equals(scenario.text));
      }
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void it_looks_well_by_day_by_night_and_on_a_phone() throws Exception {
    for (boolean dark : new boolean[] {false, true}) {
      try (var browser = Browser.open(dark, 1280, 1_700)) {
        browser.go(with(dark ? Scenario.FAN_OUT.query : "stages=2&rate=8&service2=300&urgent=20"));
        awaitLive(browser);
        Until.holds(
            "something waits",
            () -> browser.driver().findElements(By.cssSelector("#scene .item")).size() > 8);
        Until.holds(
            "the charts have points",
            () -> (long) browser.run("return Chart.instances[0].data.labels.length") > 8);
        browser.shoot(dark ? "lab-dark" : "lab-light");
        assertThat(browser.complaints()).isEmpty();
      }
    }
    try (var browser = Browser.open(false, 360, 1_600)) {
      browser.go(lab.page());
      awaitLive(browser);
      Until.holds(
          "something waits",
          () -> !browser.driver().findElements(By.cssSelector("#scene .item")).isEmpty());
      browser.shoot("lab-phone");
      assertThat((long) browser.run("return document.documentElement.scrollWidth"))
          .as("nothing sticks out")
          .isLessThanOrEqualTo(360);
    }
  }

  @Test
  void an_accessibility_check_finds_nothing_serious() throws Exception {
    for (boolean dark : new boolean[] {false, true}) {
      try (var browser = Browser.open(dark, 1280, 1_700)) {
        browser.go(with(Scenario.SLOW_CONSUMER.query));
        awaitLive(browser);

        var found = new AxeBuilder().analyze(browser.driver()).getViolations();

        assertThat(found)
            .filteredOn(rule -> List.of("serious", "critical").contains(rule.getImpact()))
            .extracting(Rule::getId, Rule::getHelp, rule -> rule.getNodes().getFirst().getHtml())
            .isEmpty();
      }
    }
  }

  @Test
  void only_its_own_page_may_change_anything() throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var pause =
          HttpRequest.newBuilder(lab.page().resolve("/api/pause"))
              .POST(HttpRequest.BodyPublishers.noBody());
      assertThat(client.send(pause.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(403);
      pause.header("X-Sluice", "1");
      var foreign = pause.copy().header("Origin", "http://evil.example");
      assertThat(client.send(foreign.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(403);
      assertThat(client.send(pause.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(204);

      var page = client.send(HttpRequest.newBuilder(lab.page()).build(), BodyHandlers.ofString());
      assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
          .contains("script-src 'self'")
          .doesNotContain("unsafe-inline");
      assertThat(page.body()).doesNotContain("style=", "onclick", "<script>");
    }
  }

  @Test
  void it_weighs_little() throws Exception {
    int bytes = 0;
    try (var client = HttpClient.newHttpClient()) {
      for (var path :
          List.of(
              "/",
              "/app.css",
              "/lab.css",
              "/lab.js",
              "/scene.js",
              "/theme.js",
              "/live.js",
              "/charts.js",
              "/format.js",
              "/chart.js",
              "/icon.svg")) {
        var request =
            HttpRequest.newBuilder(lab.page().resolve(path))
                .header("Accept-Encoding", "gzip")
                .build();
        var answer = client.send(request, BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        bytes += answer.body().length;
      }
    }
    assertThat(bytes).isLessThan(300_000);
  }
}
