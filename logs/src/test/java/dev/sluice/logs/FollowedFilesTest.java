package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.logs.FollowedFiles.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is told of a copy that was made of a log, at each moment at which somebody may look.
class FollowedFilesTest {
  private static final byte[] TEXT = "one\ntwo\nthree\n".getBytes(UTF_8);

  @TempDir Path dir;

  private final FollowedFiles files = new FollowedFiles();

  @SuppressWarnings("NullAway.Init") // each test has its own
  private FileChannel file;

  @SuppressWarnings("NullAway.Init")
  private Followed followed;

  @BeforeEach
  void a_log_was_opened_and_copied() throws IOException {
    var log = Files.write(log(), TEXT);
    file = FileChannel.open(log);
    followed = new Followed("app.log", log, FileIdentity.Place.of(log), Followed.Spot.START, 1);
    files.begin(followed, file);
    Files.copy(log, copy());
  }

  @AfterEach
  void close() throws IOException {
    file.close();
  }

  @Test
  void before_the_log_is_truncated_the_copy_has_what_the_log_has() throws IOException {
    assertThat(verdict()).isEqualTo(new Verdict.Copy(followed));
  }

  @Test
  void a_truncated_log_of_which_nothing_was_read_leaves_it_all_to_the_copy() throws IOException {
    truncate();

    assertThat(verdict()).isEqualTo(new Verdict.New());
  }

  @Test
  void what_a_reader_has_taken_and_not_told_yet_is_not_read_from_the_copy_again()
      throws IOException {
    followed.beingRead(true);
    truncate();

    assertThat(verdict()).isEqualTo(new Verdict.Copy(followed));

    followed.spot(followed.spot().after(TEXT, 0, 4));
    followed.beingRead(false);

    assertThat(verdict()).isEqualTo(new Verdict.Copy(followed));
  }

  @Test
  void what_the_reader_had_not_come_to_is_read_from_the_copy() throws IOException {
    followed.spot(followed.spot().after(TEXT, 0, 4));
    truncate();
    files.end(followed);

    assertThat(verdict()).isEqualTo(new Verdict.More(followed));
  }

  @Test
  void a_copy_of_what_was_read_has_nothing_new() throws IOException {
    followed.spot(followed.spot().after(TEXT, 0, TEXT.length));
    truncate();
    files.end(followed);

    assertThat(verdict()).isEqualTo(new Verdict.Known());
  }

  /// Found by the long run of rotations: for a moment the log had no reader, was given a second
  /// one, and each line came twice from then on.
  @Test
  void a_log_that_begins_anew_has_a_reader_at_each_moment() throws Exception {
    var place = FileIdentity.Place.of(log());
    var over = new AtomicBoolean();
    try (var threads = Executors.newSingleThreadExecutor()) {
      var looker =
          threads.submit(() -> {
            long without = 0;
            while (!over.get()) {
              without += files.isLive(place) ? 0 : 1;
            }
            return without;
          });
      for (int i = 0; i < 100_000; i++) {
        var anew = new Followed("app.log", log(), place, Followed.Spot.START, 1);
        files.beginAnew(followed, anew, file);
        followed = anew;
      }
      over.set(true);

      assertThat(looker.get()).as("looks that found no reader").isZero();
    }
  }

  @Test
  void a_reader_says_that_it_reads_from_before_it_looks_until_the_spot_is_told()
      throws IOException {
    var during = new ArrayList<Boolean>();
    TailStream.Copies none =
        truncated -> {
          during.add(truncated.isBeingRead());
          return null;
        };
    var reader =
        new TailStream(
            followed, file, none, Duration.ofSeconds(1), () -> false, new CountDownLatch(1));

    assertThat(reader.read(new byte[100])).isEqualTo(TEXT.length);
    assertThat(followed.isBeingRead()).isFalse();
    truncate();
    assertThat(reader.read(new byte[100])).isEqualTo(-1);

    assertThat(during).containsExactly(true);
    assertThat(followed.isBeingRead()).isFalse();
  }

  /// Found where a busy machine let a rotation come in between: a gap was told that there was not.
  @Test
  void a_copy_that_gets_other_names_while_it_is_looked_for_is_found() throws IOException {
    followed.spot(followed.spot().after(TEXT, 0, 4));
    truncate();
    files.inputs(renamingTwice());

    try (var rest = files.restOf(followed)) {
      assertThat(rest).hasContent("two\nthree\n");
    }
  }

  /// Names nothing; whoever asks finds the copy called otherwise afterwards.
  private Set<Path> renamingTwice() {
    return new AbstractSet<>() {
      private int renamed;

      @Override
      public Iterator<Path> iterator() {
        try {
          if (renamed < 2) {
            renamed++;
            Files.move(dir.resolve("app.log." + renamed), dir.resolve("app.log." + (renamed + 1)));
          }
          return Collections.emptyIterator();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public int size() {
        return 0;
      }
    };
  }

  private Path log() {
    return dir.resolve("app.log");
  }

  private Path copy() {
    return dir.resolve("app.log.1");
  }

  private void truncate() throws IOException {
    Files.write(log(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
  }

  private Verdict verdict() throws IOException {
    try (var open = FileChannel.open(copy())) {
      return files.judge(copy(), FileIdentity.Place.of(copy()), FileIdentity.head(open), open);
    }
  }
}
