package dev.sluice.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URL;
import org.jspecify.annotations.Nullable;

/// What a [LiveServer] shows, and lets be changed. It is called by many threads at once, only for
/// requests that may be answered.
public interface LiveContent {

  /// What there is to see at one moment.
  ///
  /// @param number larger than that of those before
  /// @param json one line
  record Update(long number, byte[] json) {}

  /// What a request gets.
  ///
  /// @param status of HTTP
  /// @param type of the body
  /// @param body none if it is empty
  record Answer(int status, String type, byte[] body) {

    /// An answer for people.
    public static Answer text(int status, String text) {
      return new Answer(status, "text/plain; charset=utf-8", text.getBytes(UTF_8));
    }

    /// An answer for programs.
    public static Answer json(byte[] body) {
      return new Answer(200, "application/json", body);
    }

    /// There is nothing to say: it was done.
    public static Answer done() {
      return text(204, "");
    }
  }

  /// What there is to see now.
  Update now();

  /// Somebody watches from now on: [LiveServer#publish] is worth its while.
  void attend();

  /// One of those has left.
  void leave();

  /// The file that a path of the page stands for; null if it is none of this content's own.
  @Nullable URL file(String path);

  /// Answers those who ask without a token too; null if there is nothing for them.
  default @Nullable Answer open(String path) {
    return null;
  }

  /// Answers who only looks; null if there is nothing there.
  @Nullable Answer look(String path);

  /// Does what is asked for, and says how it went. Whoever asks has shown that he is no page of
  /// another origin.
  ///
  /// @param query as it was sent; null if there is none
  Answer steer(String path, @Nullable String query);

  /// Whether anything may be changed at all.
  boolean control();
}
