package dev.sluice.run;

import static dev.sluice.run.Kind.fields;
import static dev.sluice.run.Kind.optional;
import static dev.sluice.run.Kind.required;

import dev.sluice.run.BadFileException.Problem;
import dev.sluice.run.Kind.Anything;
import dev.sluice.run.Kind.CountOrList;
import dev.sluice.run.Kind.Fields;
import dev.sluice.run.Kind.Flag;
import dev.sluice.run.Kind.ListOf;
import dev.sluice.run.Kind.MapOf;
import dev.sluice.run.Kind.Share;
import dev.sluice.run.Kind.SomeOf;
import dev.sluice.run.Kind.Span;
import dev.sluice.run.Kind.Text;
import dev.sluice.run.Kind.ValueOr;
import dev.sluice.run.Kind.Whole;
import dev.sluice.run.Kind.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What a pipeline's file may say: see `docs/formats/run.md`.
final class Grammar {
  private static final int MOST_WORKERS = 256;

  static final List<String> POLICIES = List.of("stop", "skip", "dead_letter");

  private static final Kind ON_ERROR =
      new ValueOr(
          new Word("what becomes of an item that fails", POLICIES),
          fields(
              "what becomes of an item that fails",
              optional(
                  "retry",
                  fields(
                      "how often it is tried again, and when",
                      required("attempts", new Whole("how often in all", 1, 1_000)),
                      optional("first", Span.orNone("the delay after the first failure")),
                      optional("most", Span.orNone("what no delay exceeds")),
                      optional("jitter", new Share("how much of a delay is left to chance")))),
              optional("then", new Word("what becomes of it after that", POLICIES))));

  private static final Kind BATCH =
      fields(
          "how many records are written at once",
          optional("size", new Whole("how many at most", 1, 100_000)),
          optional("within", Span.orNone("how long the first of them waits at most")));

  private static final Kind WORKERS = new Whole("how many calls at once", 1, MOST_WORKERS);
  private static final Kind ORDERED = new Flag("whether records keep their order (they do)");
  private static final Kind TIMEOUT = new Span("how long one call may take");
  private static final Kind KEY =
      new ListOf(
          "the fields by which records keep their order, and no others",
          new Text("a field, as customer.id"),
          true);
  private static final Kind FIELD =
      new Text("the field that the answer goes into; without it the answer is the record");
  private static final Kind COMMAND =
      new ListOf("a program and its arguments", new Text("a program or an argument"), false);

  private static final Kind EXEC =
      fields(
          "a program that gets the record as JSON, and answers on its standard output",
          required("command", COMMAND),
          optional("field", FIELD),
          optional("workers", WORKERS),
          optional("ordered", ORDERED),
          optional("key", KEY),
          optional("timeout", TIMEOUT));

  private static final Kind HTTP =
      fields(
          "a service that gets the record as JSON, and answers with its body",
          required("url", new Text("an address that begins with http:// or https://")),
          optional("method", new Word("the method", List.of("POST", "PUT", "PATCH"))),
          optional("headers", new MapOf("headers", new Text("a header's value"))),
          optional("field", FIELD),
          optional("workers", WORKERS),
          optional("ordered", ORDERED),
          optional("key", KEY),
          optional("timeout", TIMEOUT));

  /// What a stage can do.
  static final List<String> ACTIONS =
      List.of("filter", "set", "parse", "dedupe", "exec", "http", "throttle");

  private static final Kind STAGE =
      new Fields(
          "a stage",
          List.of(
              optional("name", new Text("what the stage is called")),
              optional("filter", new Text("a condition, as status >= 500")),
              optional(
                  "set", new MapOf("fields, and how each is computed", new Text("an expression"))),
              optional(
                  "parse",
                  fields(
                      "a field that is a line of some format: what it says takes its place",
                      required("field", new Text("the field")),
                      required("format", new Text("its format: json, logfmt, combined, ...")))),
              optional(
                  "dedupe",
                  fields(
                      "leaves out records that are equal to one before",
                      optional(
                          "by",
                          new ListOf(
                              "the fields that make them equal; all, if it is not there",
                              new Text("a field, as request.id"),
                              true)),
                      optional("within", new Span("how long after it, by the records' time")))),
              optional("exec", EXEC),
              optional("http", HTTP),
              optional(
                  "throttle",
                  fields(
                      "how many records may pass in what time",
                      required("items", new Whole("how many", 1, 1_000_000_000)),
                      optional("per", new Span("in what time")))),
              optional("on_error", ON_ERROR)),
          ACTIONS);

  private static final Kind SOURCE =
      new Fields(
          "a source",
          List.of(
              optional(
                  "read",
                  new ListOf(
                      "what to read: files, directories, globs, queue:QUEUE, kafka://HOST:PORT/TOPIC, or - for standard input",
                      new Text(
                          "a file, a directory, a glob, queue:QUEUE, kafka://HOST:PORT/TOPIC, or -"),
                      true)),
              optional("format", new Text("the format of the lines: json, combined, csv, ...")),
              optional("follow", new Flag("whether to go on with what is added")),
              optional(
                  "generate",
                  fields(
                      "numbered records, to try things out",
                      optional("count", new Whole("how many", 1, Long.MAX_VALUE)),
                      optional("every", Span.orNone("how long before each")))),
              optional("on_error", ON_ERROR)),
          List.of("read", "generate"));

  private static final Kind SINK =
      new ValueOr(
          new Text(
              "a target: csv:FILE, ndjson:FILE, sqlite:FILE, postgresql://..., queue:QUEUE, kafka://HOST:PORT/TOPIC"),
          new Fields(
              "a sink",
              List.of(
                  optional(
                      "to",
                      new Text(
                          "a target: csv:FILE, sqlite:FILE, queue:QUEUE, kafka://HOST:PORT/TOPIC, ...")),
                  optional("exec", COMMAND),
                  optional("timeout", new Span("how long the program may take for a batch")),
                  optional("batch", BATCH),
                  optional("on_error", ON_ERROR)),
              List.of("to", "exec")));

  private static final Kind EXPECTED =
      new CountOrList("how many there are, or a list of fields that each of them has");

  private static final Kind TEST =
      fields(
          "a test",
          required("name", new Text("what it shows")),
          required(
              "given", new ListOf("lines, or records", new Anything("a line, or a record"), false)),
          optional(
              "stubs",
              new MapOf("what calls answer, by the stage's name", new Anything("an answer"))),
          required(
              "expect",
              new SomeOf(
                  fields(
                      "what is expected",
                      optional("out", EXPECTED),
                      optional("dead_letters", EXPECTED),
                      optional(
                          "filtered", new Whole("how many are filtered", 0, Integer.MAX_VALUE))))));

  static final Fields FILE =
      fields(
          "a pipeline",
          optional("name", new Text("what it is called")),
          required("source", SOURCE),
          optional("stages", new ListOf("what is done to each record, in order", STAGE, false)),
          required("sinks", new ListOf("where records go; each gets all", SINK, true)),
          optional("dead_letters", new Text("the target of what failed, as ndjson:failed.ndjson")),
          optional("drain", Span.orNone("how long to finish what was read when told to end")),
          optional("tests", new ListOf("tests of this file", TEST, false)));

  private Grammar() {}

  /// @throws BadFileException if `yaml` says something else
  static void check(Yaml yaml) {
    var problems = new ArrayList<Problem>();
    FILE.check(yaml, problems);
    if (!problems.isEmpty()) {
      throw new BadFileException(problems);
    }
  }

  /// The same for editors.
  static String schema() {
    var schema = new LinkedHashMap<String, Object>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "A pipeline of sluice run");
    schema.putAll(FILE.schema());
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build()
            .writeValueAsString(schema)
        + "\n";
  }
}
