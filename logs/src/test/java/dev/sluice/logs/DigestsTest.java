package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestsTest {
  private static final EnumSet<Role> ALL = EnumSet.allOf(Role.class);

  private static String line(LogFormat format, Random random, int i) {
    var path = "/p" + (int) Math.exp(7 * random.nextDouble()) + (i % 4 == 0 ? "?q=" + i : "");
    int status = List.of(200, 200, 304, 404, 503).get(random.nextInt(5));
    int second = i / 50 % 60;
    return format == LogFormat.COMBINED
        ? "10.0.%d.%d - - [21/Nov/2026:10:%02d:%02d +0000] \"%s %s HTTP/1.1\" %d %d \"%s\" \"%s\""
            .formatted(
                random.nextInt(5),
                random.nextInt(200),
                i / 3_000 % 60,
                second,
                i % 9 == 0 ? "POST" : "GET",
                i % 31 == 0 ? path + "\\\"x" : path,
                status,
                random.nextInt(10_000),
                i % 3 == 0 ? "-" : "https://example.org/" + random.nextInt(50),
                i % 50 == 0 ? "a\\\"b" : "agent " + random.nextInt(20))
        : "{\"ts\":\"2026-11-21T10:%02d:%02dZ\",\"level\":\"%s\",\"msg\":\"took %d\",\"path\":\"%s\",\"status\":%d,\"duration_ms\":%d,\"service\":\"s%d\"}"
            .formatted(
                i / 3_000 % 60,
                second,
                List.of("info", "WARN", "error").get(random.nextInt(3)),
                i,
                path,
                status,
                random.nextInt(50),
                random.nextInt(5));
  }

  private static List<Block> blocks(LogFormat format, int lines) throws Exception {
    var random = new Random(7);
    var log = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      log.append(i % 400 == 7 ? "no record" : line(format, random, i)).append('\n');
    }
    var framer = new LineFramer("a.log", new ByteArrayInputStream(log.toString().getBytes(UTF_8)));
    framer.format(format);
    var blocks = new ArrayList<Block>();
    for (var block = framer.next(); block != null; block = framer.next()) {
      blocks.add(block);
    }
    return blocks;
  }

  /// All that a digest tells, so that two can be compared.
  private static Map<String, Object> told(Digest digest) {
    var told = new LinkedHashMap<String, Object>();
    told.put("times", digest.firstTime() + " " + digest.lastTime());
    var line = digest.timeLine().parts(1_000);
    told.put("time line", List.of(line.start(), line.step(), line.outside()));
    told.put("time line's counts", List.of((Object[]) line.counts()));
    digest
        .formats()
        .forEach((format, counts) -> {
          told.put(format + " records", counts.records);
          told.put(format + " bytes", counts.bytesSent);
          told.put(
              format + " failures", List.of(counts.serverErrors, counts.notFound, counts.errors));
          told.put(format + " statuses", counts.statuses());
          told.put(format + " classes", counts.statusClasses.clone());
          told.put(format + " slowest", counts.slowest());
          told.put(format + " latencies", counts.latencies.slices());
          var tops =
              List.of(
                  counts.levels,
                  counts.methods,
                  counts.paths,
                  counts.failing,
                  counts.missing,
                  counts.hosts,
                  counts.agents,
                  counts.referers,
                  counts.apps,
                  counts.messages);
          told.put(
              format + " texts", tops.stream().map(top -> top.top(Integer.MAX_VALUE)).toList());
        });
    return told;
  }

  private static BlockParser parser(@Nullable Digests digests) {
    return digests == null
        ? new BlockParser(Lines.UTC, _ -> true)
        : new BlockParser(
            Lines.UTC,
            new BlockParser.Task(
                null, Wanted.NOTHING, digests.wanted(), false, () -> Sums.begin(List.of(digests))));
  }

  /// What a digest tells to which each record is added as a whole.
  private static Map<String, Object> simply(List<Block> blocks) {
    var digest =
        new Digest(
            new SharedShapeCache<>(shape -> FormatDigest.Places.of(shape, ALL)),
            _ -> new FormatDigest());
    var parser = parser(null);
    blocks.forEach(block -> parser.parse(block).records().forEach(digest::add));
    return told(digest);
  }

  @ParameterizedTest
  @CsvSource({"COMBINED, 1", "COMBINED, 4", "JSON, 1", "JSON, 4"})
  void what_threads_count_by_blocks_is_what_one_counts_by_records(LogFormat format, int threads)
      throws Exception {
    var blocks = blocks(format, 30_000);
    var digests = new Digests(ALL, threads);
    var parser = parser(digests);

    try (var executor = Executors.newFixedThreadPool(threads)) {
      var tasks =
          blocks.stream().map(block -> (Callable<ParsedBlock>) () -> parser.parse(block)).toList();
      for (var parsed : executor.invokeAll(tasks)) {
        parsed.get().give(digests);
      }
    }

    assertThat(told(digests.whole())).usingRecursiveComparison().isEqualTo(simply(blocks));
  }

  @Test
  void a_block_that_is_not_taken_does_not_count() throws Exception {
    var blocks = blocks(LogFormat.COMBINED, 10_000);
    var digests = new Digests(ALL, 1);
    var parser = parser(digests);

    for (int i = 0; i < blocks.size(); i++) {
      var parsed = parser.parse(blocks.get(i));
      if (i < 3) {
        parsed.give(digests);
      }
    }

    assertThat(told(digests.whole()))
        .usingRecursiveComparison()
        .isEqualTo(simply(blocks.subList(0, 3)));
  }

  @Test
  void blocks_of_several_formats_count_together() throws Exception {
    var blocks = new ArrayList<Block>();
    var combined = blocks(LogFormat.COMBINED, 5_000);
    var json = blocks(LogFormat.JSON, 5_000);
    for (int i = 0; i < combined.size(); i++) {
      blocks.add(combined.get(i));
      blocks.add(json.get(i));
    }
    var digests = new Digests(ALL, 1);
    var parser = parser(digests);

    for (var block : blocks) {
      parser.parse(block).give(digests);
    }

    assertThat(told(digests.whole())).usingRecursiveComparison().isEqualTo(simply(blocks));
  }

  @Test
  void of_equally_slow_records_the_first_are_told_wherever_blocks_end() throws Exception {
    var records = new ArrayList<LogRecord>();
    for (int line = 1; line <= 60; line++) {
      records.add(TargetFixtures.json(line, "duration_ms", line % 2 == 0 ? 7L : 5L, "msg", "m"));
    }
    for (int size : new int[] {1, 7, 60}) {
      var digests = new Digests(ALL, 1);
      for (int i = 0; i < records.size(); i += size) {
        var some = records.subList(i, Math.min(i + size, records.size()));
        TargetFixtures.block("a.log", some, List.of())
            .with(Sums.begin(List.of(digests)))
            .give(digests);
      }

      assertThat(digests.whole().formats().values())
          .singleElement()
          .extracting(
              FormatDigest::slowest, InstanceOfAssertFactories.list(FormatDigest.Slow.class))
          .extracting(FormatDigest.Slow::line)
          .containsExactly(2L, 4L, 6L, 8L, 10L, 12L, 14L, 16L, 18L, 20L);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "took 17 ms,        took # ms",
    "1 of 20 in 0.5 s,  # of # in #.# s",
    "issue #12,         issue #",
    "größe 12 €,        größe # €",
    "007,               #"
  })
  void messages_are_counted_without_their_numbers(String message, String counted) throws Exception {
    var digests = new Digests(ALL, 1);
    var records = List.of(TargetFixtures.json(1, "msg", message, "level", "Notice"));

    TargetFixtures.block("a.log", records, List.of())
        .with(Sums.begin(List.of(digests)))
        .give(digests);

    var digest = requireNonNull(digests.whole().formats().get(LogFormat.JSON));
    assertThat(digest.messages.top(2)).containsExactly(new TopCounts.Entry(counted, 1));
    assertThat(digest.levels.top(2)).containsExactly(new TopCounts.Entry("NOTICE", 1));
  }

  @Test
  void long_messages_count_as_one_where_they_begin_alike() throws Exception {
    var digests = new Digests(ALL, 1);
    var begin = "\u20ac".repeat(150) + " 1 " + "x".repeat(100_000);
    var records =
        List.of(
            TargetFixtures.json(1, "msg", begin + "a"), TargetFixtures.json(2, "msg", begin + "b"));

    TargetFixtures.block("a.log", records, List.of())
        .with(Sums.begin(List.of(digests)))
        .give(digests);

    var digest = requireNonNull(digests.whole().formats().get(LogFormat.JSON));
    assertThat(digest.messages.top(2))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.count()).isEqualTo(2);
          assertThat(entry.text()).hasSize(TopCounts.LONGEST).contains("\u20ac # x");
        });
  }
}
