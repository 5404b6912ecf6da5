package dev.sluice.logs;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Compiles the patterns of users: regular expressions with named groups, and grok patterns, which
/// name other patterns as `%{IP}`, `%{IP:client}` or `%{NUMBER:took:float}`.
///
/// The expressions are those of RE2: without back references and looking around, and therefore
/// linear in the line whatever it holds.
final class Grok {
  private static final int LONGEST = 10_000;
  private static final int DEEPEST = 10;
  private static final String LETTER_CLASS = "[A-Za-z0-9_]";

  /// How a value becomes what the record has.
  enum Kind {
    /// As it looks: a number, or text.
    ANY,
    INTEGER,
    REAL,
    TEXT
  }

  /// A value that the pattern finds.
  ///
  /// @param name what the column is called
  /// @param group which group of the expression it is
  record Field(String name, int group, Kind kind) {}

  /// @param pattern what is looked for, anywhere in a line
  /// @param fields what it finds; at least one
  record Compiled(Pattern pattern, List<Field> fields) {}

  private static final Map<String, String> KNOWN = new LinkedHashMap<>();

  static {
    // Numbers and words.
    define("INT", "[+-]?[0-9]+");
    define("POSINT", "[1-9][0-9]*");
    define("NONNEGINT", "[0-9]+");
    define("NUMBER", "[+-]?(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)");
    define("BASE10NUM", "%{NUMBER}");
    define("BASE16NUM", "[+-]?(?:0x)?[0-9A-Fa-f]+");
    define("BOOL", "(?:true|false|TRUE|FALSE)");
    define("WORD", "\\b\\w+\\b");
    define("NOTSPACE", "\\S+");
    define("SPACE", "\\s*");
    define("DATA", ".*?");
    define("GREEDYDATA", ".*");
    define("QUOTEDSTRING", "(?:\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*')");
    define("QS", "%{QUOTEDSTRING}");
    define("UUID", "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");
    define("USERNAME", "[A-Za-z0-9._-]+");
    define("USER", "%{USERNAME}");
    define("EMAILLOCALPART", "[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+");
    define("EMAILADDRESS", "%{EMAILLOCALPART}@%{HOSTNAME}");

    // Networks.
    define("MAC", "(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}");
    define(
        "IPV4",
        "(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])");
    define("IPV6", "(?:[0-9A-Fa-f]{0,4}:){2,7}(?:%{IPV4}|[0-9A-Fa-f]{0,4})(?:%[0-9A-Za-z]+)?");
    define("IP", "(?:%{IPV6}|%{IPV4})");
    define(
        "HOSTNAME",
        "\\b[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62})(?:\\.[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}))*\\.?");
    define("IPORHOST", "(?:%{IP}|%{HOSTNAME})");
    define("HOSTPORT", "%{IPORHOST}:%{POSINT}");

    // Paths and addresses.
    define("UNIXPATH", "(?:/[^\\s/]*)+");
    define("WINPATH", "(?:[A-Za-z]:|\\\\)(?:\\\\[^\\\\?*\\s]*)+");
    define("PATH", "(?:%{UNIXPATH}|%{WINPATH})");
    define("TTY", "/dev/(?:pts/|tty)[A-Za-z0-9]+");
    define("URIPROTO", "[A-Za-z][A-Za-z0-9+.-]*");
    define("URIHOST", "%{IPORHOST}(?::%{POSINT})?");
    define("URIPATH", "(?:/[A-Za-z0-9$.+!*'(){},~:;=@#%&_\\-]*)+");
    define("URIQUERY", "[A-Za-z0-9$.+!*'|(){},~@#%&/=:;_?\\-\\[\\]<>]*");
    define("URIPARAM", "\\?%{URIQUERY}");
    define("URIPATHPARAM", "%{URIPATH}(?:%{URIPARAM})?");
    define("URI", "%{URIPROTO}://(?:%{USER}(?::[^@\\s]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?");

    // Dates and times.
    define(
        "MONTH",
        "\\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
            + "|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\b");
    define("MONTHNUM", "(?:0?[1-9]|1[0-2])");
    define("MONTHNUM2", "(?:0[1-9]|1[0-2])");
    define("MONTHDAY", "(?:0[1-9]|[12][0-9]|3[01]|[1-9])");
    define(
        "DAY",
        "(?:Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?"
            + "|Sun(?:day)?)");
    define("YEAR", "[0-9]{2}(?:[0-9]{2})?");
    define("HOUR", "(?:2[0123]|[01]?[0-9])");
    define("MINUTE", "[0-5][0-9]");
    define("SECOND", "(?:60|[0-5]?[0-9])(?:[.,][0-9]+)?");
    define("TIME", "%{HOUR}:%{MINUTE}(?::%{SECOND})?");
    define("DATE_US", "%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}");
    define("DATE_EU", "%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}");
    define("DATE", "(?:%{DATE_US}|%{DATE_EU})");
    define("ISO8601_TIMEZONE", "(?:Z|[+-]%{HOUR}:?%{MINUTE})");
    define(
        "TIMESTAMP_ISO8601",
        "%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:%{MINUTE}(?::%{SECOND})?(?:%{ISO8601_TIMEZONE})?");
    define("DATESTAMP", "%{DATE}[- ]%{TIME}");
    define("TZ", "(?:[A-Z]{3,4})");
    define("DATESTAMP_RFC822", "%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}");
    define(
        "DATESTAMP_RFC2822",
        "%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} (?:%{ISO8601_TIMEZONE}|%{TZ})");
    define("DATESTAMP_OTHER", "%{DAY} %{MONTH} +%{MONTHDAY} %{TIME} %{TZ} %{YEAR}");
    define("DATESTAMP_EVENTLOG", "[0-9]{14}");
    define("HTTPDATE", "%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} [+-][0-9]{4}");
    define("HTTPDERROR_DATE", "%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{YEAR}");
    define("SYSLOGTIMESTAMP", "%{MONTH} +%{MONTHDAY} %{TIME}");

    // Logs.
    define("PROG", "[^\\s\\[\\]]+");
    define("SYSLOGPROG", "%{PROG:program}(?:\\[%{POSINT:pid}\\])?");
    define("SYSLOGHOST", "%{IPORHOST}");
    define("SYSLOGFACILITY", "<%{NONNEGINT:facility}.%{NONNEGINT:priority}>");
    define(
        "SYSLOGBASE",
        "%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:logsource} %{SYSLOGPROG}:");
    define("SYSLOGLINE", "%{SYSLOGBASE} %{GREEDYDATA:message}");
    define(
        "LOGLEVEL",
        "(?i:alert|trace|debug|notice|info(?:rmation)?|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal"
            + "|severe|emerg(?:ency)?)");
    define("JAVACLASS", "(?:[A-Za-z_$][\\w$]*\\.)*[A-Za-z_$][\\w$]*");
    define("JAVAFILE", "[\\w$.-]+");
    define("HTTPDUSER", "(?:%{EMAILADDRESS}|%{USER})");
    define(
        "COMMONAPACHELOG",
        "%{IPORHOST:clientip} %{HTTPDUSER:ident} %{HTTPDUSER:auth} \\[%{HTTPDATE:timestamp}\\]"
            + " \"(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion:string})?|%{DATA:rawrequest})\""
            + " (?:%{NUMBER:response}|-) (?:%{NUMBER:bytes}|-)");
    define("COMBINEDAPACHELOG", "%{COMMONAPACHELOG} %{QS:referrer} %{QS:agent}");
    define("HTTPD_COMMONLOG", "%{COMMONAPACHELOG}");
    define("HTTPD_COMBINEDLOG", "%{COMBINEDAPACHELOG}");
  }

  private final StringBuilder expression = new StringBuilder();
  private final Map<String, Kind> kinds = new LinkedHashMap<>();
  private final Map<String, String> names = new LinkedHashMap<>();
  private final String whole;

  private Grok(String whole) {
    this.whole = whole;
  }

  private static void define(String name, String pattern) {
    KNOWN.put(name, pattern);
  }

  /// Compiles a grok pattern.
  ///
  /// @throws UsageException if it is none; its message says what is wrong with it
  static Compiled compile(String pattern) {
    var grok = new Grok(pattern);
    grok.expand(pattern, 0);
    return grok.compiled("grok");
  }

  /// Compiles a regular expression with named groups.
  ///
  /// @throws UsageException if it is none; its message says what is wrong with it
  static Compiled regex(String pattern) {
    var grok = new Grok(pattern);
    grok.groups(pattern);
    return grok.compiled("regex");
  }

  /// The names of the patterns that there are.
  static List<String> known() {
    return List.copyOf(KNOWN.keySet());
  }

  private void expand(String pattern, int depth) {
    int at = 0;
    while (true) {
      int reference = pattern.indexOf("%{", at);
      int end = reference < 0 ? -1 : pattern.indexOf('}', reference);
      if (end < 0) {
        groups(pattern.substring(at));
        return;
      }
      groups(pattern.substring(at, reference));
      reference(pattern.substring(reference + 2, end), depth);
      at = end + 1;
    }
  }

  private void reference(String reference, int depth) {
    var parts = reference.split(":", 3);
    var pattern = KNOWN.get(parts[0]);
    if (pattern == null) {
      throw new UsageException(
          "unknown pattern %%{%s} in --format grok:%s%s"
              .formatted(parts[0], shown(), DidYouMean.hint(parts[0], KNOWN.keySet())));
    }
    if (depth > DEEPEST) {
      throw new IllegalStateException("%{" + parts[0] + "} names itself");
    }
    if (parts.length == 1 || parts[1].isEmpty()) {
      expression.append("(?:");
    } else {
      begin(parts[1], parts.length < 3 ? Kind.ANY : kind(parts[2]));
    }
    expand(pattern, depth + 1);
    expression.append(')');
  }

  private Kind kind(String name) {
    return switch (name) {
      case "int", "integer", "long" -> Kind.INTEGER;
      case "float", "double", "real" -> Kind.REAL;
      case "string", "text" -> Kind.TEXT;
      default ->
          throw new UsageException(
              "unknown type '%s' in --format grok:%s%s (expected int, float or string)"
                  .formatted(
                      name, shown(), DidYouMean.hint(name, List.of("int", "float", "string"))));
    };
  }

  /// Opens a group for a field. Its name may have characters that no group's name has.
  private void begin(String name, Kind kind) {
    var group = "g" + names.size();
    names.put(group, name.replaceAll("^\\[|]$", "").replace("][", "."));
    kinds.put(group, kind);
    expression.append("(?P<").append(group).append('>');
  }

  /// Appends a part of an expression, with groups that are named `(?<name>` or `(?P<name>` as ours
  /// are.
  private void groups(String part) {
    int at = 0;
    boolean inClass = false;
    while (at < part.length()) {
      char c = part.charAt(at);
      if (c == '\\' && at + 1 < part.length()) {
        expression.append(c).append(part.charAt(at + 1));
        at += 2;
        continue;
      }
      if (inClass || c == '[') {
        inClass = c != ']' || part.startsWith("[]", at - 1) || part.startsWith("[^]", at - 2);
        expression.append(c);
        at++;
        continue;
      }
      int name = part.startsWith("(?<", at) ? at + 3 : part.startsWith("(?P<", at) ? at + 4 : -1;
      int end = name < 0 ? -1 : part.indexOf('>', name);
      if (end > name && isName(part.substring(name, end))) {
        begin(part.substring(name, end), Kind.ANY);
        at = end + 1;
      } else {
        expression.append(c);
        at++;
      }
    }
  }

  private static boolean isName(String text) {
    return text.matches(LETTER_CLASS + "+");
  }

  private Compiled compiled(String scheme) {
    if (names.isEmpty()) {
      throw new UsageException(
          "--format %s:%s names no field (expected %s)"
              .formatted(
                  scheme,
                  shown(),
                  scheme.equals("grok") ? "%{PATTERN:field}" : "(?<field>...) at least once"));
    }
    if (expression.length() > LONGEST || Patterns.isLarge(expression.toString())) {
      throw new UsageException("--format %s:%s is too large".formatted(scheme, shown()));
    }
    Pattern pattern;
    try {
      pattern = Pattern.compile(expression.toString());
    } catch (PatternSyntaxException e) {
      throw new UsageException(
          "--format %s:%s is no expression: %s%s"
              .formatted(scheme, shown(), e.getDescription(), lookaround(e.getPattern())));
    }
    var fields = new ArrayList<Field>();
    names.forEach((group, name) -> {
      @Nullable Integer number = pattern.namedGroups().get(group);
      if (number != null) {
        fields.add(new Field(name, number, kinds.getOrDefault(group, Kind.ANY)));
      }
    });
    return new Compiled(pattern, List.copyOf(fields));
  }

  private static String lookaround(@Nullable String where) {
    return where != null && where.startsWith("(?") && where.length() <= 4
        ? " '%s' (looking around and back references are not there: lines of strangers are only"
                .formatted(where)
            + " matched by what takes time in proportion to them)"
        : where == null || where.isEmpty() ? "" : " '%s'".formatted(where);
  }

  private String shown() {
    return whole.length() <= 200 ? whole : whole.substring(0, 200) + "...";
  }
}
