package dev.sluice.cli;

import dev.sluice.logs.DidYouMean;
import dev.sluice.logs.UsageException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// What the options of `sluice logs` are where the command line does not say: first the environment
/// tells, then the configuration file, then the program itself.
///
/// | option | environment | file |
/// |---|---|---|
/// | `--drain-timeout 10s` | `SLUICE_DRAIN_TIMEOUT=10s` | `drain-timeout = 10s` |
/// | `--quiet` | `SLUICE_QUIET=true` | `quiet` |
/// | `--to a --to b` | a line each | a line each |
///
/// The file is what `--config` or `SLUICE_CONFIG` names, which must exist, else
/// `$XDG_CONFIG_HOME/sluice/config` or `~/.config/sluice/config`. A value reaches to the end of its
/// line and needs no quotes; a line that begins with `#` is a comment.
final class Defaults implements IDefaultValueProvider {
  /// Those that mean something to the launcher, or to [Main].
  private static final Set<String> OTHERS =
      Set.of("SLUICE_CONFIG", "SLUICE_DEBUG", "SLUICE_JAVA_OPTS", "SLUICE_JDK_ROOTS");

  /// The options that tell where defaults are from, or are no settings.
  private static final Set<String> NEVER = Set.of("config", "help", "version");

  private static final Set<String> COMMANDS = Set.of("logs", "replay");
  private static final long LARGEST = 1 << 20;
  private static final Pattern PASSWORD = Pattern.compile("(://[^\\s/:@]*):[^\\s/@]*@");

  /// A value, and where it is from: `SLUICE_PARSERS`, or `FILE:3`.
  record Value(String text, String origin) {}

  private final Map<String, String> environment;
  private final @Nullable Path file;
  private final boolean found;
  private final Map<String, List<Value>> inFile;

  private Defaults(
      Map<String, String> environment,
      @Nullable Path file,
      boolean found,
      Map<String, List<Value>> inFile) {
    this.environment = environment;
    this.file = file;
    this.found = found;
    this.inFile = inFile;
  }

  /// Reads the configuration file.
  ///
  /// @param command whose options there are
  /// @throws UsageException if it cannot be read or understood; its message names file and line
  static Defaults load(Map<String, String> environment, List<String> args, CommandSpec command) {
    var named = named(environment, args);
    var file = named == null ? usual(environment) : path(named);
    if (file == null) {
      return new Defaults(environment, null, false, Map.of()).checked(command);
    }
    try {
      if (Files.isRegularFile(file) && Files.size(file) > LARGEST) {
        throw new UsageException(file + ": a configuration is smaller than this");
      }
      return new Defaults(environment, file, true, read(file, command)).checked(command);
    } catch (NoSuchFileException e) {
      if (named != null) {
        throw new UsageException(file + ": no such configuration file");
      }
      return new Defaults(environment, file, false, Map.of()).checked(command);
    } catch (CharacterCodingException e) {
      throw new UsageException(file + ": not UTF-8");
    } catch (IOException e) {
      var reason =
          Files.isDirectory(file)
              ? "is a directory"
              : e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
      throw new UsageException("cannot read the configuration " + file + ": " + reason);
    }
  }

  private Defaults checked(CommandSpec command) {
    for (var option : command.options()) {
      if (option.arity().max() == 0) {
        values(option).forEach(value -> truth(option, value));
      }
    }
    return this;
  }

  private static @Nullable String named(Map<String, String> environment, List<String> args) {
    for (int i = 0; i < args.size() && !args.get(i).equals("--"); i++) {
      if (args.get(i).startsWith("--config=")) {
        return args.get(i).substring("--config=".length());
      }
      if (args.get(i).equals("--config") && i + 1 < args.size()) {
        return args.get(i + 1);
      }
    }
    var variable = environment.getOrDefault("SLUICE_CONFIG", "");
    return variable.isEmpty() ? null : variable;
  }

  private static @Nullable Path usual(Map<String, String> environment) {
    var base = environment.getOrDefault("XDG_CONFIG_HOME", "");
    var home = environment.getOrDefault("HOME", "");
    if (base.startsWith("/")) {
      return path(base).resolve("sluice/config");
    }
    return home.isEmpty() ? null : path(home).resolve(".config/sluice/config");
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UsageException("no possible file: " + text);
    }
  }

  private static Map<String, List<Value>> read(Path file, CommandSpec command) throws IOException {
    var values = new HashMap<String, List<Value>>();
    int number = 0;
    for (var line : Files.readAllLines(file)) {
      number++;
      var text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      var origin = file + ":" + number;
      int equals = text.indexOf('=');
      var name = (equals < 0 ? text : text.substring(0, equals)).strip().replaceFirst("^--", "");
      var option = option(name, origin, command);
      if (equals < 0 && option.arity().min() > 0) {
        throw new UsageException(
            "%s: %s has no value; write %s = ...".formatted(origin, name, name));
      }
      var alone = option.arity().max() == 0 ? "true" : "";
      var value = equals < 0 ? alone : text.substring(equals + 1).strip();
      var before = values.computeIfAbsent(name, _ -> new ArrayList<>());
      if (!before.isEmpty() && !option.isMultiValue()) {
        throw new UsageException("%s: %s is given twice".formatted(origin, name));
      }
      before.add(new Value(value, origin));
    }
    return values;
  }

  private static OptionSpec option(String name, String origin, CommandSpec command) {
    var option = command.findOption("--" + name);
    if (option == null || NEVER.contains(name)) {
      throw new UsageException(
          "%s: unknown option '%s'%s"
              .formatted(origin, name, DidYouMean.hint(name, settings(command))));
    }
    return option;
  }

  /// The options that can be set here, by their long names without the dashes.
  static List<String> settings(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.hidden())
        .map(Defaults::name)
        .filter(name -> !NEVER.contains(name))
        .toList();
  }

  private static String name(OptionSpec option) {
    return option.longestName().substring("--".length());
  }

  private static String variable(String name) {
    return "SLUICE_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /// What the environment or the file tell of an option; empty if nothing.
  List<Value> values(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)
        || !COMMANDS.contains(option.command().name())
        || NEVER.contains(name(option))) {
      return List.of();
    }
    var name = name(option);
    var variable = environment.getOrDefault(variable(name), "");
    if (!variable.isEmpty()) {
      return variable.lines().map(line -> new Value(line, variable(name))).toList();
    }
    return inFile.getOrDefault(name, List.of());
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    var values = values(argument);
    if (values.isEmpty() || argument.isMultiValue()) {
      return null;
    }
    var value = values.getLast();
    return argument.arity().max() == 0 ? truth(argument, value) : value.text();
  }

  private static String truth(ArgSpec argument, Value value) {
    return switch (value.text().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1" -> "true";
      case "false", "no", "off", "0" -> "false";
      default ->
          throw new UsageException(
              "%s: %s is true or false, but was '%s'"
                  .formatted(value.origin(), ((OptionSpec) argument).longestName(), value.text()));
    };
  }

  /// Sets the options that may be repeated and were not given on the command line.
  void fillLists(ParseResult parsed) {
    for (ParseResult at = parsed; at != null; at = at.subcommand()) {
      for (var option : at.commandSpec().options()) {
        if (option.isMultiValue() && !at.hasMatchedOption(option)) {
          fill(option);
        }
      }
    }
  }

  private void fill(OptionSpec option) {
    var values = new ArrayList<String>();
    for (var value : values(option)) {
      values.addAll(
          option.splitRegex().isEmpty()
              ? List.of(value.text())
              : List.of(value.text().split(option.splitRegex())));
    }
    if (!values.isEmpty()) {
      option.setValue(values);
    }
  }

  /// Where the value of `argument` is from, if not from the command line.
  @Nullable String origin(@Nullable ArgSpec argument, List<String> args) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    for (var name : option.names()) {
      if (args.stream().anyMatch(arg -> arg.equals(name) || arg.startsWith(name + "="))) {
        return null;
      }
    }
    var values = values(argument);
    return values.isEmpty() ? null : values.getLast().origin();
  }

  /// The file in words, and whether it is there.
  String describeFile() {
    return file == null ? "none" : found ? file.toString() : file + " (not there)";
  }

  /// Each option of `command`, its value and where that is from; a repeated one more than once.
  Map<String, List<Value>> all(CommandSpec command) {
    var all = new LinkedHashMap<String, List<Value>>();
    for (var name : settings(command)) {
      var option = command.findOption("--" + name);
      if (option == null) {
        continue;
      }
      var values = values(option);
      var own = option.defaultValueString(true);
      all.put(
          name,
          values.isEmpty()
              ? List.of(
                  new Value(
                      own == null || own.equals("null") || own.equals("[]") ? "" : own, "built in"))
              : values.stream()
                  .map(value -> new Value(withoutPassword(value.text()), value.origin()))
                  .toList());
    }
    return all;
  }

  private static String withoutPassword(String text) {
    return PASSWORD.matcher(text).replaceAll("$1:***@");
  }

  /// Variables that look like ours and are not, in words.
  List<String> unknownVariables(CommandSpec command) {
    var known = settings(command).stream().map(Defaults::variable).toList();
    return environment.keySet().stream()
        .filter(
            name -> name.startsWith("SLUICE_") && !known.contains(name) && !OTHERS.contains(name))
        .sorted()
        .map(name -> name + " is no option" + DidYouMean.hint(name, known))
        .toList();
  }
}
