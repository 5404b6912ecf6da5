package dev.sluice.logs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A format, and what a line of it alone does not tell: the columns that a header names, the
/// pattern of the user, the format within a wrapper. Immutable.
public abstract sealed class Dialect {
  /// The formats as they are as long as nothing is known of an input.
  private static final class Plainest {
    static final Map<LogFormat, Dialect> ALL = new EnumMap<>(LogFormat.class);

    static {
      for (var format : LogFormat.values()) {
        ALL.put(
            format,
            switch (format) {
              case CRI, DOCKER -> new Wrapped(format, null);
              case W3C -> new W3c(List.of());
              case CSV -> new Separated(format, ',', List.of(), 0);
              case TSV -> new Separated(format, '\t', List.of(), 0);
              default -> new Simple(format);
            });
      }
    }
  }

  private final LogFormat format;

  private Dialect(LogFormat format) {
    this.format = format;
  }

  /// Returns `format` as it is as long as nothing is known of an input: always the same one.
  static Dialect of(LogFormat format) {
    var simple = Plainest.ALL.get(format);
    if (simple == null) {
      throw new IllegalStateException("no dialect of " + format);
    }
    return simple;
  }

  /// Returns what the user calls `name`: the id of a format, or `grok:` or `regex:` and a pattern.
  ///
  /// @throws UsageException if there is no such format, or the pattern is none
  public static Dialect named(String name) {
    int colon = name.indexOf(':');
    var scheme = colon < 0 ? name : name.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "grok", "regex" -> {
        if (colon < 0 || colon + 1 == name.length()) {
          throw new UsageException(
              "--format %s needs a pattern, as %s"
                  .formatted(
                      scheme,
                      scheme.equals("grok")
                          ? "'grok:%{IP:client} %{GREEDYDATA:rest}'"
                          : "'regex:(?<client>\\S+) (?<rest>.*)'"));
        }
        var pattern = name.substring(colon + 1);
        yield scheme.equals("grok")
            ? new Patterned(LogFormat.GROK, Grok.compile(pattern))
            : new Patterned(LogFormat.REGEX, Grok.regex(pattern));
      }
      default -> of(LogFormat.of(name));
    };
  }

  /// Which format this is a dialect of.
  public LogFormat format() {
    return format;
  }

  /// Makes a parser, for one thread at a time.
  abstract LineParser newParser(Assumptions assumptions);

  /// How lines become records; null if each is one.
  ///
  /// @param start whether the first line is the first of its file, and so may be a header
  @Nullable Grouping newGrouping(boolean start) {
    return null;
  }

  /// A format that needs to know nothing more.
  private static final class Simple extends Dialect {
    Simple(LogFormat format) {
      super(format);
    }

    @Override
    LineParser newParser(Assumptions assumptions) {
      return switch (format()) {
        case COMBINED, COMMON -> new AccessLogParser(format(), assumptions);
        case ACCESS, VHOST -> new OpenAccessParser(format(), assumptions);
        case JSON -> new JsonLineParser(assumptions);
        case SYSLOG -> new SyslogParser(assumptions);
        case LOGFMT -> new LogfmtParser(assumptions);
        case NGINX_ERROR -> new NginxErrorParser(assumptions);
        case APACHE_ERROR -> new ApacheErrorParser(assumptions);
        case APP -> new AppParser(assumptions);
        case TRACES -> new TraceParser();
        case ALB -> new AlbParser(assumptions);
        case JOURNAL -> new JournalParser(assumptions);
        case GROK, REGEX ->
            throw new UsageException("--format %s needs a pattern".formatted(format().id()));
        case PLAIN -> new PlainParser();
        case CRI, DOCKER, W3C, CSV, TSV ->
            throw new IllegalStateException("not simple: " + format());
      };
    }

    @Override
    @Nullable Grouping newGrouping(boolean start) {
      return switch (format()) {
        case NGINX_ERROR -> new HeadGrouping(NginxErrorParser::begins);
        case APACHE_ERROR -> new HeadGrouping(ApacheErrorParser::begins);
        case APP -> new HeadGrouping(AppParser::begins);
        case TRACES -> new TraceGrouping();
        default -> null;
      };
    }
  }

  /// JSON whose objects may take several lines. Not how [LogFormat#JSON] is read if nothing says
  /// so: to look for the end of each object costs as much as parsing it.
  static final class PrettyJson extends Dialect {
    PrettyJson() {
      super(LogFormat.JSON);
    }

    @Override
    LineParser newParser(Assumptions assumptions) {
      return new JsonLineParser(assumptions);
    }

    @Override
    Grouping newGrouping(boolean start) {
      return new JsonGrouping();
    }
  }

  /// A wrapper around lines of another format.
  static final class Wrapped extends Dialect {
    private final @Nullable Dialect inner;

    /// @param inner null as long as it is not known: then plain
    Wrapped(LogFormat format, @Nullable Dialect inner) {
      super(format);
      this.inner = inner;
    }

    Dialect inner() {
      return inner == null ? of(LogFormat.PLAIN) : inner;
    }

    @Override
    LineParser newParser(Assumptions assumptions) {
      return new WrappedParser(format(), inner(), assumptions);
    }

    @Override
    Grouping newGrouping(boolean start) {
      return new WrappedGrouping(
          format() == LogFormat.DOCKER, inner().newGrouping(false), inner().newGrouping(false));
    }
  }

  /// W3C extended, with the names that the last `#Fields:` has.
  static final class W3c extends Dialect {
    private final List<String> fields;

    W3c(List<String> fields) {
      super(LogFormat.W3C);
      this.fields = List.copyOf(fields);
    }

    @Override
    LineParser newParser(Assumptions assumptions) {
      return new W3cParser(fields);
    }

    @Override
    Grouping newGrouping(boolean start) {
      return new W3cGrouping();
    }
  }

  /// Separated values, with the names that the header has.
  static final class Separated extends Dialect {
    private final char separator;
    private final List<String> header;
    private final int headerLines;

    /// @param headerLines how many lines the header takes: as many as the names have line ends, and
    ///   one
    Separated(LogFormat format, char separator, List<String> header, int headerLines) {
      super(format);
      this.separator = separator;
      this.header = unique(header);
      this.headerLines = headerLines;
    }

    /// Makes names of a header that a record can have: none is empty, none comes twice.
    private static List<String> unique(List<String> header) {
      var names = new ArrayList<String>();
      var taken = new HashSet<String>();
      for (int i = 0; i < header.size(); i++) {
        var name = header.get(i).isBlank() ? "column" + (i + 1) : header.get(i).strip();
        var free = name;
        for (int n = 2; !taken.add(free); n++) {
          free = name + "_" + n;
        }
        names.add(free);
      }
      return Collections.unmodifiableList(names);
    }

    @Override
    LineParser newParser(Assumptions assumptions) {
      return new SeparatedParser(format(), separator, header, assumptions);
    }

    @Override
    Grouping newGrouping(boolean start) {
      return new SeparatedGrouping(separator, start ? headerLines : 0);
    }
  }

  /// A pattern of the user's.
  static final class Patterned extends Dialect {
    private final Grok.Compiled pattern;

    Patterned(LogFormat format, Grok.Compiled pattern) {
      super(format);
      this.pattern = pattern;
    }

    @Override
    LineParser newParser(Assumptions assumptions) {
      return new PatternParser(format(), pattern, assumptions);
    }
  }
}
