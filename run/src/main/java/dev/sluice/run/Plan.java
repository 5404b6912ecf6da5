package dev.sluice.run;

import dev.sluice.logs.Dialect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a file says.
///
/// @param deadLetters where what failed goes; null if there is no such place
/// @param drain how long to finish what was read when told to end
record Plan(
    String name,
    From source,
    List<Step> stages,
    List<Goal> sinks,
    @Nullable End deadLetters,
    Duration drain,
    List<Trial> tests) {

  /// A place where records come from, or go to.
  ///
  /// @param spec as `sluice logs` has it; may hold a password
  /// @param shown how it is called where others may read it
  record End(String spec, String shown) {}

  /// What it reads.
  ///
  /// @param inputs what to read; empty if records are made
  /// @param format the format of the lines; null to recognise it
  /// @param count how many records are made, if they are
  /// @param every how long before each of them
  record From(
      List<End> inputs,
      @Nullable Dialect format,
      boolean follow,
      long count,
      Duration every,
      Policy policy) {
    boolean isGenerated() {
      return inputs.isEmpty();
    }
  }

  /// Where records go.
  ///
  /// @param target null for a program
  /// @param command the program
  /// @param timeout how long it may take for a batch
  record Goal(
      Place place,
      @Nullable End target,
      List<String> command,
      Duration timeout,
      int batch,
      Duration within,
      Policy policy) {
    String name() {
      return target == null ? "exec " + command.getFirst() : target.shown();
    }
  }

  /// A test.
  ///
  /// @param given lines, or records
  /// @param stubs what calls answer, by the name of the stage
  record Trial(
      Place place,
      String name,
      List<Object> given,
      Map<String, @Nullable Object> stubs,
      Expect expect) {}

  /// What a test expects; null for what it says nothing of.
  ///
  /// @param out how many, or what each of them has
  record Expect(@Nullable Yaml out, @Nullable Yaml deadLetters, @Nullable Long filtered) {}
}
