package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipelines.Account;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelinesShapesTest {
  private static final Order TEA = new Order("1", "ann", 300);
  private static final Order GIFT = new Order("2", "bob", 0);
  private static final Order PIANO = new Order("3", "ann", 900_000);

  private final List<Order> shipped = Collections.synchronizedList(new ArrayList<>());

  private static List<Order> orders(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Order("" + i, "c" + i % 7, i + 1)).toList();
  }

  @Test
  void a_simple_pipeline_parses_filters_and_accounts(@TempDir Path dir) throws Exception {
    var file = Files.writeString(dir.resolve("orders.csv"), "1,ann,300\n2,bob,0\n");

    var report = PipelinesShapes.simple(file, shipped::add);

    assertThat(shipped).containsExactly(TEA);
    assertThat(report.account()).isEqualTo(new Account(2, 1, 1, 0, 0, 0, 0));
  }

  @Test
  void a_stage_continues_any_pipe() throws Exception {
    PipelinesShapes.stage(Pipeline.from(Source.of("1,ann,300", "2,bob,0"))).to(shipped::add).run();

    assertThat(shipped).containsExactly(TEA);
  }

  @Test
  void what_is_fetched_in_order_comes_in_order_though_the_first_is_the_slowest() throws Exception {
    var orders = orders(100);
    var othersAreThere = new CountDownLatch(10);

    PipelinesShapes.ordered(
            Source.of(orders.stream().map(Order::id).toList()),
            id -> {
              if (id.equals("0")) {
                othersAreThere.await();
              } else {
                othersAreThere.countDown();
              }
              return orders.get(Integer.parseInt(id));
            },
            shipped::add)
        .run();

    assertThat(shipped).isEqualTo(orders);
  }

  @Test
  void what_is_fetched_without_order_does_not_wait_for_the_slowest() throws Exception {
    var orders = orders(100);
    var othersAreOut = new CountDownLatch(50);

    PipelinesShapes.unordered(
            Source.of(orders.stream().map(Order::id).toList()),
            id -> {
              if (id.equals("0")) {
                othersAreOut.await();
              }
              return orders.get(Integer.parseInt(id));
            },
            order -> {
              shipped.add(order);
              othersAreOut.countDown();
            })
        .run();

    assertThat(shipped).containsExactlyInAnyOrderElementsOf(orders);
    assertThat(shipped.indexOf(orders.getFirst())).isGreaterThanOrEqualTo(50);
  }

  @Test
  void a_best_effort_branch_that_hangs_holds_nobody_up_and_has_the_latest_in_the_end()
      throws Exception {
    var orders = orders(1_000);
    var archived = new ArrayList<Order>();
    var shown = new ArrayList<Order>();
    var allAreShipped = new CountDownLatch(orders.size());

    var report =
        PipelinesShapes.alsoTo(
                Source.of(orders),
                archived::add,
                order -> {
                  allAreShipped.await();
                  shown.add(order);
                },
                order -> allAreShipped.countDown())
            .run();

    assertThat(archived).isEqualTo(orders);
    assertThat(shown).hasSizeLessThanOrEqualTo(101).endsWith(orders.getLast());
    assertThat(report.account().out()).isEqualTo(1_000);
  }

  @Test
  void a_broadcast_gives_each_branch_everything() throws Exception {
    var orders = orders(250);
    var archived = new ArrayList<Order>();
    var found = new ArrayList<Order>();

    var report = PipelinesShapes.broadcast(Source.of(orders), archived::add, found::addAll).run();

    assertThat(archived).isEqualTo(orders);
    assertThat(found).isEqualTo(orders);
    assertThat(report.account().out()).isEqualTo(250);
  }

  @Test
  void a_route_gives_each_item_to_one_branch() throws Exception {
    var reviewed = new ArrayList<Order>();

    PipelinesShapes.route(Source.of(TEA, PIANO, GIFT), shipped::add, reviewed::add).run();

    assertThat(shipped).containsExactly(TEA, GIFT);
    assertThat(reviewed).containsExactly(PIANO);
  }

  @Test
  void a_merge_has_the_items_of_all() throws Exception {
    PipelinesShapes.merge(Source.of(TEA), Source.of(PIANO), Source.of(GIFT, TEA), shipped::add)
        .run();

    assertThat(shipped).containsExactlyInAnyOrder(TEA, PIANO, TEA);
  }

  @Test
  void a_merge_of_files_reads_them_all(@TempDir Path dir) throws Exception {
    var files = new ArrayList<Path>();
    for (var order : orders(10)) {
      var line = order.id() + "," + order.customer() + "," + order.cents();
      files.add(Files.writeString(dir.resolve(order.id()), line));
    }

    PipelinesShapes.mergeFiles(files, shipped::add).run();

    assertThat(shipped).containsExactlyInAnyOrderElementsOf(orders(10));
  }

  @Test
  void each_customers_orders_are_booked_in_order() throws Exception {
    var receipts = new ArrayList<String>();

    PipelinesShapes.keyed(
            Source.of(orders(500)), order -> order.customer() + " " + order.id(), receipts::add)
        .run();

    assertThat(receipts).hasSize(500);
    for (int c = 0; c < 7; c++) {
      int customer = c;
      assertThat(receipts.stream().filter(receipt -> receipt.startsWith("c" + customer + " ")))
          .containsExactlyElementsOf(
              IntStream.range(0, 500)
                  .filter(i -> i % 7 == customer)
                  .mapToObj(i -> "c" + customer + " " + i)
                  .toList());
    }
  }

  @Test
  void of_what_waits_the_dearest_goes_first() throws Exception {
    var allWait = new CountDownLatch(1);
    var orders = List.of(GIFT, TEA, PIANO);
    var given = new AtomicInteger();

    PipelinesShapes.dearestFirst(
            Source.calling(() -> {
              if (given.get() == orders.size()) {
                allWait.countDown();
                return null;
              }
              return orders.get(given.getAndIncrement());
            }),
            order -> {
              allWait.await();
              shipped.add(order);
            })
        .run();

    assertThat(shipped.subList(shipped.size() - 2, shipped.size()))
        .isSortedAccordingTo((a, b) -> Long.compare(b.cents(), a.cents()));
  }

  @Test
  void a_crawler_finds_each_page_once_and_ends_by_itself() throws Exception {
    var links =
        Map.of(
            "/", List.of("/a", "/b"),
            "/a", List.of("/", "/b", "/c"),
            "/b", List.of("/a"),
            "/c", List.<String>of());
    var found = new ArrayList<String>();

    var report = PipelinesShapes.crawl("/", links, page -> found.add(page.url())).run();

    assertThat(found).containsExactlyInAnyOrder("/", "/a", "/b", "/c");
    assertThat(report.account()).isEqualTo(new Account(1, 1, 0, 0, 0, 0, 0));
  }
}
