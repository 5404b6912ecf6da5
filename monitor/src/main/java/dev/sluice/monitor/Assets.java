package dev.sluice.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// The files of a page: those that its content names, and those here that all pages share; nothing
/// else of the class path.
final class Assets {
  private static final String ROOT = "/META-INF/sluice-monitor/";

  private static final Map<String, String> SHARED =
      Map.of(
          "/app.css", "app.css",
          "/theme.js", "theme.js",
          "/live.js", "live.js",
          "/charts.js", "charts.js",
          "/format.js", "format.js",
          "/chart.js", "chart.umd.min.js",
          "/icon.svg", "icon.svg");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private final LiveContent content;
  private final Map<String, Asset> loaded = new ConcurrentHashMap<>();

  Assets(LiveContent content) {
    this.content = content;
  }

  /// A file as it is sent.
  ///
  /// @param type its media type
  /// @param tag changes when it does
  record Asset(String type, String tag, byte[] plain, byte[] compressed) {}

  /// The file of that path; null if there is none.
  @Nullable Asset get(String path) {
    var known = loaded.get(path);
    if (known != null) {
      return known;
    }
    var file = content.file(path);
    var name = SHARED.get(path);
    if (file == null && name != null) {
      file = Assets.class.getResource(ROOT + name);
      if (file == null) {
        throw new IllegalStateException("the build left out " + name);
      }
    }
    return file == null ? null : loaded.computeIfAbsent(path, load(file));
  }

  private static Function<String, Asset> load(URL file) {
    return path -> load(file, path);
  }

  private static Asset load(URL file, String path) {
    try (var in = file.openStream()) {
      var plain = in.readAllBytes();
      var compressed = new ByteArrayOutputStream();
      try (var gzip = new GZIPOutputStream(compressed)) {
        gzip.write(plain);
      }
      var sum = new CRC32();
      sum.update(plain);
      sum.update(path.getBytes(UTF_8));
      return new Asset(
          TYPES.getOrDefault(
              file.getPath().substring(file.getPath().lastIndexOf('.') + 1), "text/plain"),
          '"' + HexFormat.of().toHexDigits(sum.getValue(), 8) + '"',
          plain,
          compressed.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
