package dev.sluice.logs;

import java.util.Locale;
import java.util.Set;

/// What a field tells, as far as its name says so, whatever format it is of.
enum Role {
  STATUS(
      "status", "status_code", "statuscode", "code", "sc-status", "elb_status_code", "http_status"),
  BYTES("bytes", "bytes_sent", "body_bytes_sent", "sc-bytes", "sent_bytes", "size"),
  METHOD("method", "cs-method", "verb", "http_method", "request_method"),
  PATH("path", "uri", "url", "cs-uri-stem", "route", "request_uri", "endpoint"),
  HOST("host", "client", "client_ip", "clientip", "c-ip", "remote_addr", "remote_ip", "ip"),
  AGENT("agent", "user_agent", "useragent", "user-agent", "cs(user-agent)", "http_user_agent"),
  REFERER("referer", "referrer", "http_referer", "cs(referer)"),
  APP("app", "service", "logger", "program", "unit", "container", "component", "module"),
  LEVEL("level", "severity", "lvl", "loglevel", "log.level", "log_level"),
  MESSAGE("message", "msg", "event", "log"),
  LATENCY {
    @Override
    boolean isOf(String name) {
      return Latencies.unit(name) != null;
    }
  };

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> names;

  Role(String... names) {
    this.names = Set.of(names);
  }

  /// Whether a field of this name has it.
  boolean isOf(String name) {
    return names.contains(name.toLowerCase(Locale.ROOT));
  }
}
