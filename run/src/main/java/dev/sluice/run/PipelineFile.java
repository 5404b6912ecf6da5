package dev.sluice.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A pipeline described in a YAML file: see `docs/formats/run.md`. Read and checked; nothing else
/// is touched until [#open].
public final class PipelineFile {
  private static final int LONGEST = 1_000_000;

  private final Plan plan;

  private PipelineFile(Plan plan) {
    this.plan = plan;
  }

  /// Reads and checks a file.
  ///
  /// @param environment for `${NAME}` in addresses, commands and targets
  /// @throws BadFileException if it is not as it has to be
  public static PipelineFile read(Path file, Map<String, String> environment) throws IOException {
    var start = new Place(file.toString(), 1, 1);
    if (Files.isDirectory(file)) {
      throw new BadFileException(start, "this is a directory: name a file in it");
    }
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    }
    if (bytes.length > LONGEST) {
      throw new BadFileException(start, "the file is longer than %,d bytes".formatted(LONGEST));
    }
    try {
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return parse(file.toString(), text, environment);
    } catch (CharacterCodingException e) {
      throw new BadFileException(start, "this is no text in UTF-8");
    }
  }

  static PipelineFile parse(String name, String text, Map<String, String> environment) {
    return new PipelineFile(new PlanReader(environment).read(Yaml.read(name, text)));
  }

  /// The JSON Schema of such files, for editors.
  public static String schema() {
    return Grammar.schema();
  }

  /// What it calls itself.
  public String name() {
    return plan.name();
  }

  /// How long to finish what was read when told to end.
  public Duration drain() {
    return plan.drain();
  }

  /// Where what failed goes, as it may be shown; null if nowhere.
  public @Nullable String deadLetters() {
    return plan.deadLetters() == null ? null : plan.deadLetters().shown();
  }

  /// Opens inputs and targets for a run.
  ///
  /// @param told told, in sentences and by any thread, what a user should know
  /// @throws dev.sluice.logs.UsageException if it cannot be run as asked
  public FileRun open(Consumer<String> told) throws IOException {
    return FileRun.open(plan, told);
  }

  /// What a run guarantees, and what limits it, in sentences.
  public List<String> explain() {
    return new Explanation(plan).sentences();
  }

  /// The stages as a drawing of text.
  public List<String> graph() {
    return new Explanation(plan).text();
  }

  /// The stages as a flow chart of Mermaid.
  public List<String> mermaid() {
    return new Explanation(plan).mermaid();
  }

  /// Runs the tests that the file has, in order.
  public List<TestResult> test() throws IOException {
    return new FileTests(plan).run();
  }

  /// How a test went.
  ///
  /// @param place where it stands
  /// @param problems what was other than expected; none if it passed
  public record TestResult(String place, String name, List<String> problems) {
    /// Makes a copy of the list.
    public TestResult {
      problems = List.copyOf(problems);
    }

    /// Whether all was as expected.
    public boolean passed() {
      return problems.isEmpty();
    }
  }
}
