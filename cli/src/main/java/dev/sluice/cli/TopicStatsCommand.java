package dev.sluice.cli;

import dev.sluice.logs.UsageException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `sluice topic stats`.
@Command(
    name = "stats",
    header = "Tell what a topic holds, and how far a group has read it.",
    description = {
      "",
      "--json gives {\"records\",\"lag\",\"partitions\":[{\"partition\",\"begin\",\"end\",\"committed\",\"lag\"}]}. Without a"
          + " group, lag counts all records, and committed is -1. Offsets that are no records (the ends of transactions)"
          + " count as such.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class TopicStatsCommand implements Callable<Integer> {
  @Mixin private TopicPlace topic = new TopicPlace();

  @Option(names = "--json", description = "As one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    var place = topic.place();
    try (var kafka = place.connect()) {
      var all =
          kafka.topics().progress(place.topic(), Objects.requireNonNullElse(place.group(), ""));
      long records = all.stream().mapToLong(it -> it.end() - it.begin()).sum();
      long lag = all.stream().mapToLong(it -> it.lag()).sum();
      if (json) {
        System.out.printf(
            Locale.ROOT,
            "{\"records\":%d,\"lag\":%d,\"partitions\":[%s]}%n",
            records,
            lag,
            all.stream()
                .map(it ->
                    String.format(
                        Locale.ROOT,
                        "{\"partition\":%d,\"begin\":%d,\"end\":%d,\"committed\":%d,\"lag\":%d}",
                        it.partition(),
                        it.begin(),
                        it.end(),
                        it.committed(),
                        it.lag()))
                .collect(Collectors.joining(",")));
      } else {
        System.out.printf(
            Locale.ROOT, "partition        begin          end    committed          lag%n");
        for (var it : all) {
          System.out.printf(
              Locale.ROOT,
              "%9d %,12d %,12d %12s %,12d%n",
              it.partition(),
              it.begin(),
              it.end(),
              it.committed() < 0 ? "-" : String.format(Locale.ROOT, "%,d", it.committed()),
              it.lag());
        }
        System.out.printf(Locale.ROOT, "    total %,12d records, %,d to come%n", records, lag);
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException("%s: %s".formatted(place.name(), e.getMessage()));
    }
    System.out.flush();
    return 0;
  }
}
