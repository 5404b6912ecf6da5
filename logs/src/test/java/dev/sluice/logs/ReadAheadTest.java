package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ReadAheadTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1000, 1 << 20, Long.MAX_VALUE})
  void each_byte_comes_once_and_in_order(long beginning) throws Exception {
    var bytes = new byte[3_000_000];
    new Random(1).nextBytes(bytes);

    try (var in = new ReadAhead(new ByteArrayInputStream(bytes), beginning)) {
      assertThat(in.read()).isEqualTo(bytes[0] & 0xff);
      var rest = in.readAllBytes();
      assertThat(rest).hasSize(bytes.length - 1);
      assertThat(rest).isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void what_broke_is_told_after_all_that_came_before() throws Exception {
    var text = "x".repeat(500_000).getBytes(UTF_8);
    var broken = new ZipException("broken");

    try (var in =
        new ReadAhead(
            new SequenceInputStream(new ByteArrayInputStream(text), failing(broken)), 100)) {
      assertThat(in.readNBytes(text.length)).isEqualTo(text);
      assertThatThrownBy(in::read).isSameAs(broken);
    }
  }

  @Test
  void it_gives_what_there_is_without_waiting_for_more() throws Exception {
    try (var out = new PipedOutputStream();
        var in = new ReadAhead(new PipedInputStream(out, 1024), 0)) {
      out.write("a line\n".getBytes(UTF_8));
      out.flush();

      assertThat(new String(in.readNBytes(7), UTF_8)).isEqualTo("a line\n");
    }
  }

  @Test
  void an_interrupted_reader_learns_so() throws Exception {
    var never = new Hanging();
    try (var in = new ReadAhead(never, 0)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(in::read).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
    never.awaitClosed();
  }

  @Test
  void closing_ends_a_thread_that_is_ahead() throws Exception {
    var endless = new Endless();
    var in = new ReadAhead(endless, 0);
    assertThat(in.readNBytes(1)).hasSize(1);

    in.close();

    endless.closed.get(30, TimeUnit.SECONDS);
    assertThat(in.read()).isEqualTo(-1);
  }

  private static InputStream failing(IOException with) {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw with;
      }

      @Override
      public int read(byte[] into, int from, int length) throws IOException {
        throw with;
      }
    };
  }

  /// Never has anything, until it is interrupted.
  @SuppressWarnings("InputStreamSlowMultibyteRead")
  private static final class Hanging extends InputStream {
    private final CountDownLatch never = new CountDownLatch(1);
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    @Override
    public int read() throws IOException {
      try {
        never.await();
        return -1;
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }

    @Override
    public void close() {
      closed.complete(null);
    }

    void awaitClosed() throws Exception {
      closed.get(30, TimeUnit.SECONDS);
    }
  }

  @SuppressWarnings("InputStreamSlowMultibyteRead")
  private static final class Endless extends InputStream {
    final CompletableFuture<Void> closed = new CompletableFuture<>();

    @Override
    public int read() {
      return 'x';
    }

    @Override
    public void close() {
      closed.complete(null);
    }
  }
}
