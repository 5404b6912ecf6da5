package dev.sluice.examples;

import dev.sluice.pipelines.Branch;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Report;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Slow;
import dev.sluice.pipelines.Source;
import dev.sluice.pipelines.Stage;
import dev.sluice.pipelines.ThrowingFunction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The shapes that a pipeline can have.
public final class PipelinesShapes {
  private PipelinesShapes() {}

  /// One item after another.
  public static Report simple(Path file, Sink<Order> ship) throws Exception {
    // @start region="simple"
    var report =
        Pipeline.from(Source.lines(file))
            .map(Order::parse) // may throw what it likes
            .filter(order -> order.cents() > 0)
            .to(ship)
            .run(); // waits; throws the very exception that a stage threw
    // @end
    return report;
  }

  /// A piece of pipeline, for use in several.
  public static Pipe<Order> stage(Pipe<String> lines) {
    // @start region="stage"
    Stage<String, Order> orders = pipe -> pipe.map(Order::parse).filter(Order::isPaid);
    // @end
    return lines.via(orders);
  }

  /// Several at once, in order.
  public static Pipeline ordered(
      Source<String> ids, ThrowingFunction<String, Order> fetch, Sink<Order> ship) {
    // @start region="ordered"
    return Pipeline.from(ids)
        .map(Parallel.ordered(16).window(64), fetch) // 16 at work, 64 ahead of the slowest
        .to(ship);
    // @end
  }

  /// Several at once, as they come.
  public static Pipeline unordered(
      Source<String> ids, ThrowingFunction<String, Order> fetch, Sink<Order> ship) {
    // @start region="unordered"
    return Pipeline.from(ids).map(Parallel.unordered(16), fetch).to(ship);
    // @end
  }

  /// To a sink, and to two others on the way.
  public static Pipeline alsoTo(
      Source<Order> orders, Sink<Order> archive, Sink<Order> dashboard, Sink<Order> ship) {
    // @start region="also-to"
    return Pipeline.from(orders)
        .alsoTo(Branch.buffer(1_000), all -> all.to("archive", archive))
        .alsoTo(
            Branch.buffer(100).whenSlow(Slow.DROP_OLDEST).bestEffort(),
            all -> all.to("dashboard", dashboard))
        .to("ship", ship);
    // @end
  }

  /// To several ends, all of which get each item.
  public static Pipeline broadcast(
      Source<Order> orders, Sink<Order> archive, Sink<List<Order>> search) {
    // @start region="broadcast"
    return Pipeline.from(orders)
        .broadcast(
            all -> all.to("archive", archive),
            all -> all.batch(100, Duration.ofSeconds(1)).to("search", search));
    // @end
  }

  /// To one of several ends.
  public static Pipeline route(Source<Order> orders, Sink<Order> ship, Sink<Order> review) {
    // @start region="route"
    return Pipeline.from(orders)
        .route(
            order -> order.cents() < 100_000 ? 0 : 1,
            small -> small.to("ship", ship),
            large -> large.to("review", review));
    // @end
  }

  /// From several sources.
  public static Pipeline merge(
      Source<Order> shop, Source<Order> phone, Source<Order> partners, Sink<Order> ship) {
    // @start region="merge"
    return Pipeline.from(shop)
        .merge(Pipeline.from(phone), Pipeline.from(partners).filter(Order::isPaid))
        .to(ship);
    // @end
  }

  /// From many sources, few at a time.
  public static Pipeline mergeFiles(List<Path> files, Sink<Order> ship) {
    // @start region="merge-files"
    var lines = Pipeline.merge(4, files.stream().map(Source::lines).toList());
    // @end
    return lines.map(Order::parse).to(ship);
  }

  /// In order for each key.
  public static Pipeline keyed(
      Source<Order> orders, ThrowingFunction<Order, String> book, Sink<String> receipts) {
    // @start region="keyed"
    return Pipeline.from(orders)
        .partition(32, Order::customer, lane -> lane.map(book))
        .to(receipts);
    // @end
  }

  /// What waits, and what goes first.
  public static Pipeline dearestFirst(Source<Order> orders, Sink<Order> ship) {
    // @start region="prioritise"
    return Pipeline.from(orders)
        .prioritise(1_000, Comparator.comparingLong(Order::cents).reversed())
        .to(ship);
    // @end
  }

  /// A crawler.
  ///
  /// @param links where each page leads
  public static Pipeline crawl(String first, Map<String, List<String>> links, Sink<Page> found) {
    // @start region="feedback"
    var seen = ConcurrentHashMap.<String>newKeySet();
    seen.add(first);
    return Pipeline.from(Source.of(first))
        .feedback(
            10_000,
            urls -> urls.map(Parallel.unordered(8), url -> Page.read(url, links)),
            page -> page.links().stream().filter(seen::add).toList()) // these go round again
        .to(found);
    // @end
  }

  /// What a crawler finds.
  ///
  /// @param url where it is
  /// @param links where it leads
  public record Page(String url, List<String> links) {
    static Page read(String url, Map<String, List<String>> links) {
      return new Page(url, links.getOrDefault(url, List.of()));
    }
  }
}
