package dev.sluice.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// The files of the page: those that are named here, and nothing else of the class path.
final class Assets {
  private static final String ROOT = "/META-INF/sluice-monitor/";

  private static final Map<String, String> NAMES =
      Map.of(
          "/", "index.html",
          "/app.css", "app.css",
          "/app.js", "app.js",
          "/graph.js", "graph.js",
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

  private final Map<String, Asset> loaded = new ConcurrentHashMap<>();

  /// A file as it is sent.
  ///
  /// @param type its media type
  /// @param tag changes when it does
  record Asset(String type, String tag, byte[] plain, byte[] compressed) {}

  /// The file of that path; null if there is none.
  @Nullable Asset get(String path) {
    var name = NAMES.get(path);
    return name == null ? null : loaded.computeIfAbsent(name, Assets::load);
  }

  private static Asset load(String name) {
    try (var in = Assets.class.getResourceAsStream(ROOT + name)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + name);
      }
      var plain = in.readAllBytes();
      var compressed = new ByteArrayOutputStream();
      try (var gzip = new GZIPOutputStream(compressed)) {
        gzip.write(plain);
      }
      var sum = new CRC32();
      sum.update(plain);
      sum.update(name.getBytes(UTF_8));
      return new Asset(
          TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain"),
          '"' + HexFormat.of().toHexDigits(sum.getValue(), 8) + '"',
          plain,
          compressed.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
