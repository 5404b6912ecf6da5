package dev.sluice.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NonNull;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The options and parameters of a command that must start fast, declared by calls, as
/// `text("--to", "TARGET").byDefault("-").help("...")`.
///
/// They are what picocli's annotations on fields are elsewhere. Java makes a class for each kind of
/// annotation that a program reads, and that takes longer than to read a small log: see
/// `docs/decisions/0012`. Only what is declared here needs none; the help lists it in this order.
abstract class Options {
  private final CommandSpec command;

  /// @param command gets what is declared
  Options(CommandSpec command) {
    this.command = command;
  }

  /// An option, or all parameters of a command.
  ///
  /// @param <T> what its value is; may be null where the option has no default
  static final class Option<T extends @Nullable Object> {
    private final ArgSpec spec;

    private Option(ArgSpec spec) {
      this.spec = spec;
    }

    /// Its value, once the command line has been parsed: what that says, or else its default.
    T get() {
      return spec.getValue();
    }
  }

  /// An option that is being declared; [#help] ends that.
  final class Declaration<T extends @Nullable Object> {
    private final OptionSpec.Builder option;

    private Declaration(OptionSpec.Builder option) {
      this.option = option;
    }

    /// How a value is read, if not as picocli reads one of its type.
    Declaration<T> by(ITypeConverter<?> converter) {
      option.converters(converter);
      return this;
    }

    /// How many words its value has, each time it is given; the label shows them all.
    Declaration<T> arity(int words) {
      option.arity(Integer.toString(words)).hideParamSyntax(true);
      return this;
    }

    /// Its value may be left out; one that is given stands after `=`.
    ///
    /// @param otherwise its value where it is left out
    Declaration<T> optionalAfterEquals(String otherwise) {
      option.arity("0..1").preprocessor(new AttachedOnly()).fallbackValue(otherwise);
      return this;
    }

    /// Its value where nobody gives it, written as a user would.
    @SuppressWarnings("unchecked") // the same declaration: from now on its value cannot be null
    Declaration<@NonNull T> byDefault(String value) {
      option.defaultValue(value);
      return (Declaration<@NonNull T>) this;
    }

    /// Adds it to the command.
    Option<T> help(String description) {
      var spec = option.description(description).build();
      command.addOption(spec);
      return new Option<>(spec);
    }
  }

  /// An option without a value; false by default.
  final Declaration<Boolean> flag(String... names) {
    return new Declaration<>(OptionSpec.builder(names).type(boolean.class).initialValue(false));
  }

  final Declaration<@Nullable String> text(String name, String label) {
    return value(String.class, name, label);
  }

  /// Read here, because picocli would call `Path.of` by reflection, for which Java makes classes
  /// too.
  final Declaration<@Nullable Path> path(String name, String label) {
    return value(Path.class, name, label).by(Path::of);
  }

  final <T> Declaration<@Nullable T> value(Class<T> type, String name, String label) {
    return new Declaration<>(OptionSpec.builder(name).type(type).paramLabel(label));
  }

  /// An option that may be repeated; empty by default.
  final Declaration<List<String>> list(String name, String label) {
    return new Declaration<>(lists(name, label));
  }

  /// An option that may be repeated, or given several values with commas between them; empty by
  /// default.
  final Declaration<List<String>> commaSeparated(String name, String label) {
    return new Declaration<>(lists(name, label).splitRegex(",").hideParamSyntax(true));
  }

  private static OptionSpec.Builder lists(String name, String label) {
    return OptionSpec.builder(name)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .initialValue(List.of())
        .paramLabel(label);
  }

  /// All words that are neither options nor their values.
  final Option<List<String>> parameters(String label, String description) {
    var spec =
        PositionalParamSpec.builder()
            .type(List.class)
            .auxiliaryTypes(String.class)
            .initialValue(List.of())
            .arity("0..*")
            .paramLabel(label)
            .description(description)
            .build();
    command.addPositional(spec);
    return new Option<>(spec);
  }

  /// Adds `--help` and `--version`, as picocli's `mixinStandardHelpOptions` does.
  static void addHelpAndVersion(CommandSpec command) {
    command
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help message and exit.")
                .build())
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Print version information and exit.")
                .build());
  }
}
