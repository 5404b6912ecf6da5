package dev.sluice.logs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the password for a server, where PostgreSQL's own programs look for it: in the URI, in
/// `PGPASSWORD`, in the file `PGPASSFILE` or `~/.pgpass`; or in a file that holds only it.
final class PostgresPassword {
  private final Map<String, String> environment;
  private final Path home;

  PostgresPassword(Map<String, String> environment, Path home) {
    this.environment = environment;
    this.home = home;
  }

  /// Looks in each of these places in turn.
  ///
  /// @param file a file whose first line is the password; null if none was named
  /// @return null if there is none, which a server may be content with
  @Nullable String find(String target, PostgresAddress address, @Nullable Path file)
      throws IOException {
    if (address.password() != null) {
      return address.password();
    }
    if (file != null) {
      return firstLine(target, file);
    }
    var given = environment.get("PGPASSWORD");
    return given != null ? given : inPassFile(address);
  }

  private static String firstLine(String target, Path file) throws IOException {
    try (var lines = Files.newBufferedReader(file)) {
      var first = lines.readLine();
      return first == null ? "" : first;
    } catch (IOException e) {
      throw new IOException(
          "%s: cannot read the password from %s: %s".formatted(target, file, Inputs.reason(e)), e);
    }
  }

  private @Nullable String inPassFile(PostgresAddress address) throws IOException {
    var named = environment.get("PGPASSFILE");
    var file = named == null ? home.resolve(".pgpass") : Path.of(named);
    if (!Files.isReadable(file)) {
      return null;
    }
    for (var line : Files.readAllLines(file)) {
      var fields = line.startsWith("#") ? List.<String>of() : fields(line);
      if (fields.size() == 5
          && matches(fields.get(0), address.host())
          && matches(fields.get(1), Integer.toString(address.port()))
          && matches(fields.get(2), address.database())
          && matches(fields.get(3), address.user())) {
        return fields.get(4);
      }
    }
    return null;
  }

  private static boolean matches(String pattern, String value) {
    return pattern.equals("*") || pattern.equals(value);
  }

  /// The fields of `host:port:database:user:password`, in which a backslash stands before `:` and
  /// `\`.
  private static List<String> fields(String line) {
    var fields = new ArrayList<String>();
    var field = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        field.append(line.charAt(++i));
      } else if (c == ':' && fields.size() < 4) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
