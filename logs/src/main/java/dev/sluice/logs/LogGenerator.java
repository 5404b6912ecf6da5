package dev.sluice.logs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Writes logs that look real: popular pages and rare ones, bots, failures, a rhythm of day and
/// night, IPv6, texts in several scripts. The same format, seed and share of malformed lines give
/// the same bytes on every machine.
///
/// The first line is of 2026-01-01T00:00:00Z; times never go back. Each malformed line is one that
/// the parser of its format rejects: cut off, of another format, damaged in one field, or no log
/// line at all. They are spread so that of `n` lines `n * percent / 100` are malformed, give or
/// take one.
///
/// For one thread, and for one log: what a second call writes goes on where the first stopped.
public final class LogGenerator {

  /// What was written.
  ///
  /// @param lines all lines
  /// @param bad how many of them are malformed
  /// @param bytes with line ends
  public record Written(long lines, long bad, long bytes) {}

  private static final long FIRST_SECOND = LocalDate.of(2026, 1, 1).toEpochDay() * 86_400;
  private static final long WHOLE = 1_000_000;
  private static final int FLUSH_AT = 64 * 1_024;

  /// How busy each hour of the day is, in lines for each 10 seconds.
  private static final int[] BUSY = {
    90, 70, 55, 48, 45, 52, 80, 130, 190, 240, 262, 270, 255, 262, 270, 258, 246, 240, 250, 262,
    245, 210, 160, 120
  };

  private static final byte[][] MONTHS =
      utf8("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  private static final byte[][] USERS =
      utf8("alice", "bob", "carol", "d.miller", "eve@example.org", "j r hartley");

  private static final byte[][] SECTIONS =
      utf8(
          "products",
          "articles",
          "static/img",
          "api/v1/orders",
          "api/v2/items",
          "blog",
          "users",
          "docs",
          "static/js",
          "search");
  private static final byte[][] SUFFIXES =
      utf8("", "", ".html", ".png", ".js", ".css", "/", "/details");
  private static final byte[][] WORDS =
      utf8(
          "shoes",
          "red",
          "winter",
          "lamp",
          "desk",
          "garden",
          "chair",
          "caf%C3%A9",
          "blue",
          "usb",
          "cable",
          "tea",
          "mug",
          "%E5%86%AC",
          "book",
          "map");
  private static final byte[][] QUERY_KEYS =
      utf8("q", "page", "sort", "utm_source", "ref", "id", "lang", "v");
  private static final byte[][] METHODS =
      utf8(
          "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET",
          "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS");
  private static final byte[][] PROTOCOLS =
      utf8("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/2.0", "HTTP/2.0", "HTTP/1.0");
  private static final byte[][] STATUSES =
      utf8(
          "200", "200", "200", "200", "200", "200", "200", "200", "200", "200", "200", "200", "200",
          "200", "200", "200", "304", "304", "304", "301", "302", "404", "404", "404", "206", "204",
          "201", "403", "401", "500", "502", "499");
  private static final byte[][] REFERERS =
      utf8(
          "https://www.google.com/",
          "https://www.bing.com/search?q=desk+lamp",
          "https://example.org/",
          "https://example.org/products/",
          "https://news.example.net/2026/01/the-best-tea",
          "android-app://com.google.android.gm/");
  private static final byte[][] AGENTS =
      utf8(
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
          "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
          "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
          "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
          "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
          "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
          "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
          "curl/8.11.0",
          "python-requests/2.32.3",
          "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
          "Go-http-client/2.0",
          "kube-probe/1.31",
          "-",
          "Mozilla/5.0 \\\"quoted\\\" \\\\ agent",
          "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)");
  private static final byte[][] ODD_REQUESTS =
      utf8(
          "\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xFC\\x03\\x03\\xAE\\x11",
          "",
          "-",
          "MGLNDD_203.0.113.7_443",
          "\\x03\\x00\\x00/*\\xE0\\x00\\x00\\x00\\x00\\x00Cookie: mstshash=Administr",
          "quit");

  private static final byte[][] SERVICES =
      utf8("checkout", "catalog", "auth", "search", "mailer", "gateway");
  private static final byte[][] LEVELS =
      utf8(
          "info", "info", "info", "info", "info", "info", "info", "info", "debug", "debug", "debug",
          "warn", "warn", "error");
  private static final byte[][] EVENTS =
      utf8(
          "request completed",
          "order placed",
          "cache miss",
          "user logged in",
          "retrying after timeout",
          "payment declined",
          "index rebuilt",
          "Gr\u00fc\u00dfe aus K\u00f6ln",
          "\u6ce8\u6587\u304c\u5b8c\u4e86\u3057\u307e\u3057\u305f",
          "mail sent \u2709\ufe0f\ud83d\ude80",
          "slow query",
          "connection pool exhausted",
          "configuration reloaded");
  private static final byte[][] TRACES =
      utf8(
          "java.lang.IllegalStateException: pool is closed\\n\\tat com.example.Pool.take(Pool.java:87)\\n\\tat com.example.Orders.place(Orders.java:142)\\n\\tat java.base/java.lang.Thread.run(Thread.java:1583)",
          "java.net.SocketTimeoutException: Read timed out\\n\\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)\\n\\tat com.example.Mailer.send(Mailer.java:31)\\nCaused by: java.io.IOException: \\\"smtp\\\" is down\\n\\t... 12 more");

  private static final byte[][] HOSTS = utf8("web-1", "web-2", "db-1", "gw.example.org");

  /// The apps of syslog, each with its facility; see [#MESSAGES] for what each says.
  private static final byte[][] APPS =
      utf8("sshd", "CRON", "kernel", "systemd", "postfix/smtpd", "nginx");

  private static final int[] FACILITIES = {10, 9, 0, 3, 2, 23};
  private static final byte[][][] MESSAGES = {
    utf8(
        "Accepted publickey for deploy from 192.0.2.14 port 50122 ssh2",
        "Failed password for invalid user admin from 198.51.100.23 port 4022 ssh2",
        "pam_unix(sshd:session): session opened for user deploy(uid=1001) by (uid=0)"),
    utf8(
        "(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)",
        "pam_unix(cron:session): session closed for user root"),
    utf8(
        "[81120.112233] Out of memory: Killed process 4021 (java) total-vm:8123456kB",
        "[81133.000871] eth0: link up, 1000 Mbps, full duplex"),
    utf8(
        "Started Daily apt download activities.",
        "logrotate.service: Deactivated successfully.",
        "Reached target Timers."),
    utf8(
        "connect from mail.example.net[203.0.113.25]",
        "NOQUEUE: reject: RCPT from unknown[198.51.100.9]: 554 5.7.1 Relay access denied",
        "disconnect from mail.example.net[203.0.113.25] ehlo=1 quit=1 commands=2"),
    utf8(
        "upstream timed out (110: Connection timed out) while reading response header",
        "reload signal received"),
  };

  private static final byte[][] PLAIN =
      utf8(
          "Server started on port 8080",
          "Loading configuration from config.yaml",
          "Worker finished its batch",
          "WARN queue is nearly full",
          "ERROR could not reach the database, trying again in 5 s",
          "    at com.example.Orders.place(Orders.java:142)",
          "Temperature in the server room: 21.5 \u00b0C",
          "-- checkpoint --");

  private static final byte[] NGINX_ERROR =
      utf8(
          "2026/01/01 04:12:55 [error] 871#871: *40122 open() \"/srv/www/favicon.ico\" failed (2: No such file or directory), client: 203.0.113.9")[
          0];
  private static final byte[] PROSE = utf8("the quick brown fox jumps over the lazy dog")[0];
  private static final byte[] ACCESS_LINE =
      utf8("192.0.2.8 - - [01/Jan/2026:00:00:00 +0000] \"GET /index.html HTTP/1.1\" 200 5120")[0];

  private static final int PATHS = 20_000;
  private static final int CLIENTS = 8_192;
  private static final Zipf POPULAR_PATHS = new Zipf(PATHS);
  private static final Zipf POPULAR_CLIENTS = new Zipf(CLIENTS);

  /// The formats that can be made.
  static final Set<LogFormat> FORMATS =
      EnumSet.of(
          LogFormat.COMBINED,
          LogFormat.COMMON,
          LogFormat.JSON,
          LogFormat.SYSLOG,
          LogFormat.LOGFMT,
          LogFormat.PLAIN);

  private final LogFormat format;
  private final Random random;
  private final long badShare;
  private final int[] gaps = new int[BUSY.length];

  private long millis;
  private long lines;
  private long bad;
  private long written;
  private long stratum;
  private long nextBad = Long.MAX_VALUE;

  private byte[] buffer = new byte[2 * FLUSH_AT];
  private int end;
  private long datedDay = -1;
  private int day;
  private int month;
  private int year;

  /// @param format what the lines are
  /// @param seed picks one of many logs
  /// @param badPercent how many of a hundred lines are malformed, from 0 to 100, in steps of 0.0001
  /// @throws UsageException if that is no share, or `format` has no malformed lines
  public LogGenerator(LogFormat format, long seed, double badPercent) {
    if (!(badPercent >= 0 && badPercent <= 100)) {
      throw new UsageException(
          "the percentage of bad lines must be from 0 to 100, but was " + badPercent);
    }
    if (!FORMATS.contains(format)) {
      var known = FORMATS.stream().map(LogFormat::id).toList();
      throw new UsageException(
          "%s logs cannot be made (expected %s)".formatted(format.id(), String.join(", ", known)));
    }
    if (format == LogFormat.PLAIN && badPercent > 0) {
      throw new UsageException(
          "a plain log has no bad lines, since any line is one; choose another format or 0 percent");
    }
    this.format = format;
    random = new Random(seed);
    badShare = Math.round(badPercent * (WHOLE / 100));
    Arrays.setAll(gaps, hour -> 2 * 10_000 / BUSY[hour]);
    if (badShare > 0) {
      nextBad = badLine();
    }
  }

  /// Writes `count` lines; does not close `out`.
  public Written lines(long count, OutputStream out) throws IOException {
    return write(count, Long.MAX_VALUE, out);
  }

  /// Writes whole lines until they have at least `size` bytes; does not close `out`.
  public Written bytes(long size, OutputStream out) throws IOException {
    return write(Long.MAX_VALUE, size, out);
  }

  private Written write(long count, long size, OutputStream out) throws IOException {
    long linesBefore = lines;
    long badBefore = bad;
    long before = written;
    while (lines - linesBefore < count && written + end - before < size) {
      line();
      if (end >= FLUSH_AT) {
        flush(out);
      }
    }
    flush(out);
    return new Written(lines - linesBefore, bad - badBefore, written - before);
  }

  private void flush(OutputStream out) throws IOException {
    out.write(buffer, 0, end);
    written += end;
    end = 0;
  }

  private void line() {
    int start = end;
    tick();
    if (lines == nextBad) {
      malformed(start);
      bad++;
      stratum++;
      nextBad = badLine();
    } else {
      sound();
    }
    put('\n');
    lines++;
  }

  /// The lines are cut into stretches of `100 / percent`, each with one malformed line somewhere.
  private long badLine() {
    long from = stratum * WHOLE / badShare;
    long to = (stratum + 1) * WHOLE / badShare;
    return from + random.below((int) (to - from));
  }

  private void tick() {
    millis += random.below(gaps[(int) (millis / 3_600_000 % 24)]);
  }

  private void sound() {
    switch (format) {
      case COMMON -> common();
      case COMBINED -> combined();
      case JSON -> json();
      case LOGFMT -> logfmt();
      case SYSLOG -> syslog();
      default -> plain();
    }
  }

  private void malformed(int start) {
    switch (format) {
      case COMMON -> badAccess(start, common());
      case COMBINED -> {
        int status = combined();
        // Up to the last quote, a cut leaves a field open or away.
        if (random.oneIn(4)) {
          end = start + 1 + random.below(end - start - 1);
        } else {
          badAccess(start, status);
        }
      }
      case JSON -> badJson(start);
      case LOGFMT -> badLogfmt();
      case SYSLOG -> badSyslog(start);
      default -> throw new AssertionError("a plain line is never malformed");
    }
  }

  /// Damages the access line at `start` whose status stands at `status`.
  private void badAccess(int start, int status) {
    switch (random.below(8)) {
      case 0 -> end = start + 1 + random.below(status - start);
      case 1 -> buffer[status + random.below(3)] = 'x';
      case 2 -> {
        int bracket = Bytes.indexOf(buffer, start, end, '[');
        buffer[bracket + 1] = '4'; // the 40th to 49th of a month
      }
      case 3 -> {
        int bracket = Bytes.indexOf(buffer, start, end, '[');
        buffer[bracket + 4] = 'Y';
      }
      case 4 -> {
        put(' ');
        put(ACCESS_LINE);
      }
      case 5 -> replace(start, NGINX_ERROR);
      case 6 -> {
        end = start;
        json();
      }
      default -> garbage(start);
    }
  }

  private void badJson(int start) {
    switch (random.below(6)) {
      case 0 -> {
        json();
        end = start + 1 + random.below(end - start - 1);
      }
      case 1 -> {
        json();
        end--;
        put(",}");
      }
      case 2 -> {
        json();
        json();
      }
      case 3 -> put(PROSE);
      case 4 -> accessLine();
      default -> garbage(start);
    }
  }

  private void badLogfmt() {
    switch (random.below(5)) {
      case 0 -> {
        logfmt();
        put(" error=\"unexpected end of");
      }
      case 1 -> put(PROSE);
      case 2 -> json();
      case 3 -> {
        logfmt();
        put(" =lost");
      }
      default -> {
        put("level=warn path=/search?q=\"");
        put(pick(WORDS));
        put('"');
      }
    }
  }

  private void badSyslog(int start) {
    switch (random.below(8)) {
      case 0 -> {
        syslog3164();
        end = start + 1 + random.below(15); // within the time, or after it
      }
      case 1 -> {
        syslog3164();
        buffer[start] = 'Y';
      }
      case 2 -> accessLine();
      case 3 -> {
        put("<999>");
        syslog3164();
      }
      case 4 -> put(PROSE);
      case 5 -> {
        syslog5424("[origin@32473 ip=192.0.2.1]");
      }
      case 6 -> {
        syslog5424("-");
        end = Bytes.indexOf(buffer, start, end, 'I'); // before ID
      }
      default -> garbage(start);
    }
  }

  private void replace(int start, byte[] text) {
    end = start;
    put(text);
  }

  /// Bytes as a broken disk leaves them: no format has a line that begins like this.
  private void garbage(int start) {
    end = start;
    put("\u0001~");
    int length = 8 + random.below(56);
    for (int i = 0; i < length; i++) {
      int b = random.below(256);
      put((char) (b == '\n' || b == '\r' ? '?' : b));
    }
  }

  private void accessLine() {
    common();
  }

  /// Writes a common line and returns where its status stands.
  private int common() {
    long client = mix(POPULAR_CLIENTS.pick(random));
    client(client);
    put(" - ");
    if ((client & 0xff) < 10) {
      put(USERS[(int) (client >>> 8 & 0xff) % USERS.length]);
    } else {
      put('-');
    }
    put(" [");
    date();
    two(day);
    put('/');
    put(MONTHS[month - 1]);
    put('/');
    number(year);
    put(':');
    clock();
    put(" +0000] \"");
    if (random.oneIn(400)) {
      put(pick(ODD_REQUESTS));
      put("\" ");
      int status = end;
      put("400 ");
      put(random.oneIn(2) ? "-" : "157");
      return status;
    }
    put(pick(METHODS));
    put(' ');
    path();
    put(' ');
    put(pick(PROTOCOLS));
    put("\" ");
    int status = end;
    put(pick(STATUSES));
    put(' ');
    if (random.oneIn(24)) {
      put('-');
    } else {
      // Many small answers, few large ones.
      number(1L + random.below(1 << (6 + random.below(15))));
    }
    return status;
  }

  private int combined() {
    int status = common();
    put(" \"");
    put(random.oneIn(2) ? DASH : pick(REFERERS));
    put("\" \"");
    put(AGENTS[Math.min(random.below(AGENTS.length), random.below(AGENTS.length))]);
    put('"');
    return status;
  }

  private static final byte[] DASH = {'-'};

  private void client(long client) {
    if ((client & 7) == 0) {
      put("2001:db8:");
      hex(client >>> 8 & 0xffff);
      put("::");
      hex(client >>> 24 & 0xffff);
      put(':');
      hex(client >>> 40 & 0xffff);
      return;
    }
    number(1 + (client >>> 8 & 0x7f));
    for (int shift = 16; shift <= 32; shift += 8) {
      put('.');
      number(client >>> shift & 0xff);
    }
  }

  private void path() {
    int rank = POPULAR_PATHS.pick(random);
    if (rank == 0) {
      put('/');
    } else {
      long page = mix(rank);
      put('/');
      put(SECTIONS[(int) (page & 0xff) % SECTIONS.length]);
      put('/');
      put(WORDS[(int) (page >>> 8 & 15)]);
      put('-');
      number(rank);
      put(SUFFIXES[(int) (page >>> 12 & 7)]);
    }
    if (random.oneIn(4)) {
      put('?');
      put(pick(QUERY_KEYS));
      put('=');
      put(pick(WORDS));
      if (random.oneIn(2)) {
        put("&id=");
        number(random.below(1_000_000));
      }
    }
    if (random.oneIn(20_000)) {
      put(random.oneIn(2) ? "?next=" : "?trace=");
      for (int i = 0; i < 300; i++) {
        hex(random.next() >>> 40);
      }
    }
  }

  private void json() {
    boolean error = random.oneIn(20);
    put("{\"time\":\"");
    iso();
    put("\",\"level\":\"");
    put(error ? ERROR : pick(LEVELS));
    put("\",\"service\":\"");
    put(pick(SERVICES));
    put("\",\"msg\":\"");
    put(pick(EVENTS));
    put("\",\"request_id\":\"");
    hex(random.next());
    put("\",\"duration_ms\":");
    number(random.below(2_000));
    put('.');
    number(1L + random.below(9));
    if (random.oneIn(3)) {
      put(",\"http\":{\"method\":\"");
      put(pick(METHODS));
      put("\",\"path\":\"");
      path();
      put("\",\"status\":");
      put(pick(STATUSES));
      put('}');
    }
    if (random.oneIn(5)) {
      put(",\"user\":");
      if (random.oneIn(4)) {
        put("null");
      } else {
        put('"');
        put(pick(USERS));
        put('"');
      }
    }
    if (error) {
      put(",\"stack\":\"");
      put(pick(TRACES));
      put('"');
    }
    put('}');
  }

  private static final byte[] ERROR = utf8("error")[0];

  private void logfmt() {
    put("ts=");
    iso();
    put(" level=");
    put(pick(LEVELS));
    put(" service=");
    put(pick(SERVICES));
    put(" msg=\"");
    put(pick(EVENTS));
    put("\" took=");
    number(random.below(3));
    put('.');
    number(100L + random.below(900));
    if (random.oneIn(2)) {
      put(" status=");
      put(pick(STATUSES));
      put(" path=");
      path();
    }
    if (random.oneIn(6)) {
      put(" cached");
    }
    if (random.oneIn(12)) {
      put(" user=\"");
      put(pick(USERS));
      put('"');
    }
  }

  private void syslog() {
    switch (random.below(4)) {
      case 0 ->
          syslog5424(
              random.oneIn(2)
                  ? "-"
                  : "[origin@32473 ip=\"192.0.2.7\" note=\"say \\\"hi\\\"\"][meta sequence=\"9\"]");
      case 1 -> {
        iso();
        put(' ');
        app(random.below(APPS.length));
      }
      default -> {
        syslog3164();
      }
    }
  }

  private void syslog3164() {
    date();
    put(MONTHS[month - 1]);
    put(' ');
    if (day < 10) {
      put(' ');
    }
    number(day);
    put(' ');
    clock();
    put(' ');
    app(random.below(APPS.length));
  }

  /// The part of a line from the host on, as files have it.
  private void app(int app) {
    put(pick(HOSTS));
    put(' ');
    put(APPS[app]);
    if (FACILITIES[app] != 0) {
      put('[');
      number(300L + random.below(30_000));
      put(']');
    }
    put(": ");
    put(pick(MESSAGES[app]));
  }

  private void syslog5424(String structured) {
    int app = random.below(APPS.length);
    put('<');
    number(8L * FACILITIES[app] + 2 + random.below(6));
    put(">1 ");
    iso();
    put(' ');
    put(pick(HOSTS));
    put(' ');
    put(APPS[app]);
    put(' ');
    number(300L + random.below(30_000));
    put(" ID");
    number(random.below(90));
    put(' ');
    put(structured);
    put(' ');
    put(pick(MESSAGES[app]));
  }

  private void plain() {
    if (random.oneIn(3)) {
      put("Processed item ");
      number(random.below(1_000_000));
      put(" in ");
      number(random.below(900));
      put(" ms");
    } else {
      put(pick(PLAIN));
    }
  }

  private void date() {
    long today = millis / 86_400_000;
    if (today != datedDay) {
      datedDay = today;
      var date = LocalDate.ofEpochDay(FIRST_SECOND / 86_400 + today);
      year = date.getYear();
      month = date.getMonthValue();
      day = date.getDayOfMonth();
    }
  }

  private void iso() {
    date();
    number(year);
    put('-');
    two(month);
    put('-');
    two(day);
    put('T');
    clock();
    put('.');
    int milli = (int) (millis % 1_000);
    put((char) ('0' + milli / 100));
    two(milli % 100);
    put('Z');
  }

  private void clock() {
    int second = (int) (millis / 1_000 % 86_400);
    two(second / 3_600);
    put(':');
    two(second / 60 % 60);
    put(':');
    two(second % 60);
  }

  private byte[] pick(byte[][] from) {
    return from[random.below(from.length)];
  }

  private void put(byte[] text) {
    room(text.length);
    System.arraycopy(text, 0, buffer, end, text.length);
    end += text.length;
  }

  private void put(String ascii) {
    int length = ascii.length();
    room(length);
    for (int i = 0; i < length; i++) {
      buffer[end + i] = (byte) ascii.charAt(i);
    }
    end += length;
  }

  private void put(char c) {
    room(1);
    buffer[end++] = (byte) c;
  }

  private void two(int value) {
    put((char) ('0' + value / 10));
    put((char) ('0' + value % 10));
  }

  private void number(long value) {
    int length = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      length++;
    }
    room(length);
    long rest = value;
    for (int at = end + length - 1; at >= end; at--) {
      buffer[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    end += length;
  }

  private void hex(long value) {
    long rest = value;
    do {
      put("0123456789abcdef".charAt((int) rest & 15));
      rest >>>= 4;
    } while (rest != 0);
  }

  private void room(int length) {
    if (end + length > buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * (end + length));
    }
  }

  private static byte[][] utf8(String... texts) {
    return List.of(texts).stream()
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }

  private static long mix(long value) {
    long z = (value + 1) * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /// SplitMix64 (Steele, Lea, Flood 2014), written out so that the sequence is the same wherever it
  /// runs.
  private static final class Random {
    private long state;

    Random(long seed) {
      state = seed;
    }

    long next() {
      return mix(state++);
    }

    int below(int bound) {
      return (int) (((next() >>> 33) * bound) >>> 31);
    }

    boolean oneIn(int n) {
      return below(n) == 0;
    }
  }

  /// Picks rank `k` with a weight of `1 / (k + 1)`: integers only, for the same reason.
  private static final class Zipf {
    private static final int GUIDE = 4_096;

    private final long[] sums;
    private final int[] guide = new int[GUIDE + 1];

    Zipf(int ranks) {
      sums = new long[ranks];
      long sum = 0;
      for (int k = 0; k < ranks; k++) {
        sum += (1L << 26) / (k + 1);
        sums[k] = sum;
      }
      for (int g = 0, k = 0; g <= GUIDE; g++) {
        while (k < ranks - 1 && sums[k] <= sum / GUIDE * g) {
          k++;
        }
        guide[g] = k;
      }
    }

    int pick(Random random) {
      long total = sums[sums.length - 1];
      long wanted = Math.floorMod(random.next() >>> 1, total);
      // The guide narrows the search to a few ranks.
      int low = guide[(int) Math.min(GUIDE, wanted / (total / GUIDE))];
      int high = guide[(int) Math.min(GUIDE, wanted / (total / GUIDE) + 1)];
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (sums[middle] > wanted) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }
  }
}
