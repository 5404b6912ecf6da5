package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;
import static java.util.stream.Collectors.joining;

import dev.sluice.logs.DidYouMean;
import dev.sluice.logs.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/// The program `sluice`: finds the command, runs it, and puts into words what went wrong.
///
/// | exit status | |
/// |---|---|
/// | 0 | done |
/// | 1 | failed; the message says at what |
/// | 2 | wrong usage; nothing was done |
/// | other | a command's own, which its help explains |
///
/// Complaints go to standard error as `sluice logs: what was wrong`, each followed by what to do
/// about it. A stack trace is shown only with `SLUICE_DEBUG=1`.
final class Main implements Runnable {
  /// The commands that take defaults from the environment and the configuration file.
  private static final Set<String> CONFIGURED = Set.of("logs", "config");

  /// All but `logs`, which comes first: each by its name, in the order of the help.
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("top", TopCommand.class);
    COMMANDS.put("queue", QueueCommand.class);
    COMMANDS.put("run", RunCommand.class);
    COMMANDS.put("topic", TopicCommand.class);
    COMMANDS.put("lab", LabCommand.class);
    COMMANDS.put("demo", DemoCommand.class);
    COMMANDS.put("config", ConfigCommand.class);
    COMMANDS.put("completions", CompletionsCommand.class);
    COMMANDS.put("man", ManCommand.class);
    COMMANDS.put("help", HelpCommand.class);
    COMMANDS.put("warm-up", WarmUpCommand.class);
  }

  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("sluice");

  private Main() {
    Options.addHelpAndVersion(spec);
    spec.versionProvider(new Version())
        .usageMessage()
        .description("Moves items from producers to consumers: logs into files and tables.")
        .commandListHeading("%nCommands:%n")
        .synopsisSubcommandLabel("COMMAND")
        .footer("", "'sluice help COMMAND' tells more about one.");
  }

  public static void main(String[] args) {
    int status = run(System.getenv(), args);
    if (status != 0 || isAtWork()) {
      System.exit(status);
    }
    // Java ends by itself now, and sooner: before System.exit does, it looks through each jar for
    // loggers that want to hear of it.
  }

  /// Whether there is another thread that would keep Java from ending.
  private static boolean isAtWork() {
    var threads = new Thread[Thread.activeCount() + 8];
    int count = Thread.enumerate(threads);
    return Stream.of(threads)
        .limit(count)
        .anyMatch(thread -> !thread.isDaemon() && !thread.equals(Thread.currentThread()));
  }

  /// Runs one command line and returns its exit status.
  static int run(Map<String, String> environment, String... args) {
    if (args.length == 1 && args[0].equals("--version")) {
      System.out.println(Version.read()); // people and scripts ask often, and it needs no parser
      return 0;
    }
    // To read what all commands take costs as much time as to read a small log.
    boolean onlyLogs =
        args.length > 0
            && args[0].equals("logs")
            && Stream.of(args).noneMatch(Main::asksForCommandsOfLogs);
    var commands = commands(environment, !onlyLogs);
    var debug = "1".equals(environment.get("SLUICE_DEBUG"));
    if (args.length > 0 && CONFIGURED.contains(args[0])) {
      var logs = requireNonNull(commands.getSubcommands().get("logs"));
      try {
        var defaults = Defaults.load(environment, List.of(args), logs.getCommandSpec());
        return runWith(defaults, commands, debug, args);
      } catch (UsageException e) {
        return new Complaints(debug, null).wrongUsage(logs, String.valueOf(e.getMessage()), e);
      }
    }
    return run(commands, debug, args);
  }

  private static int runWith(
      Defaults defaults, CommandLine commands, boolean debug, String... args) {
    commands.setDefaultValueProvider(defaults);
    commands.setExecutionStrategy(parsed -> {
      defaults.fillLists(parsed);
      return new RunLast().execute(parsed);
    });
    return run(commands, new Complaints(debug, defaults), args);
  }

  static int run(CommandLine commands, boolean debug, String... args) {
    return run(commands, new Complaints(debug, null), args);
  }

  private static int run(CommandLine commands, Complaints complaints, String... args) {
    commands
        .setParameterExceptionHandler(complaints::wrongUsage)
        .setExecutionExceptionHandler((e, command, parsed) -> complaints.failure(e, command));
    try {
      return commands.execute(args);
    } catch (OutOfMemoryError e) {
      return complaints.outOfMemory(e, commands);
    }
  }

  /// Whether the argument may be a command of `sluice logs`, or ask for the help that lists them.
  private static boolean asksForCommandsOfLogs(String argument) {
    return switch (argument) {
      case "generate", "replay", "--help" -> true;
      default -> argument.startsWith("-") && !argument.startsWith("--") && argument.contains("h");
    };
  }

  /// All commands.
  static CommandLine commands(Map<String, String> environment) {
    return commands(environment, true);
  }

  /// @param all whether there are others than `sluice logs` alone
  private static CommandLine commands(Map<String, String> environment, boolean all) {
    // Types that none of our options has: picocli would look for a method that reads each.
    System.setProperty("picocli.converters.excludes", "java[.](sql|time)[.].*");
    var ansi = Screen.colours(1, environment) ? Help.Ansi.ON : Help.Ansi.OFF;
    var commands = new CommandLine(new Main().spec);
    var logs = new CommandLine(new LogsCommand(false).spec());
    commands.addSubcommand("logs", logs);
    if (all) {
      COMMANDS.forEach(commands::addSubcommand);
      logs.addSubcommand("generate", GenerateCommand.class);
      ReplayCommand.addTo(logs);
    }
    commands
        .setColorScheme(Help.defaultColorScheme(ansi))
        .setCaseInsensitiveEnumValuesAllowed(true);
    OptionSections.apply(logs);
    return commands;
  }

  /// Called for `sluice` without a command.
  @Override
  public void run() {
    var commands = spec.commandLine();
    commands.usage(commands.getErr());
    throw new ParameterException(commands, "missing command");
  }

  private record Complaints(boolean debug, @Nullable Defaults defaults) {

    int wrongUsage(ParameterException e, String[] args) {
      var origin = defaults == null ? null : defaults.origin(e.getArgSpec(), List.of(args));
      var what = origin == null ? describe(e) : origin + ": " + describe(e);
      return wrongUsage(e.getCommandLine(), what, e);
    }

    private int wrongUsage(CommandLine command, String what, Exception e) {
      complain(command, what, null, e);
      command.getErr().println("Try '%s --help'.".formatted(name(command)));
      return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    int failure(Exception e, CommandLine command) {
      if (e instanceof UsageException) {
        return wrongUsage(command, String.valueOf(e.getMessage()), e);
      }
      var cause = e instanceof UncheckedIOException ? requireNonNullElse(e.getCause(), e) : e;
      var hint =
          cause instanceof IOException || debug
              ? null
              : "This looks like a defect of sluice: SLUICE_DEBUG=1 shows where.";
      complain(command, describe(cause), hint, e);
      return command.getCommandSpec().exitCodeOnExecutionException();
    }

    int outOfMemory(OutOfMemoryError e, CommandLine command) {
      var heap = Runtime.getRuntime().maxMemory() >> 20;
      var hint = "Allow it more: SLUICE_JAVA_OPTS=-Xmx%dm".formatted(heap * 2);
      complain(command, "%d MB of heap were not enough".formatted(heap), hint, e);
      return command.getCommandSpec().exitCodeOnExecutionException();
    }

    private void complain(CommandLine command, String what, @Nullable String hint, Throwable e) {
      PrintWriter err = command.getErr();
      err.println(name(command) + ": " + printable(what));
      if (hint != null) {
        err.println(printable(hint));
      }
      if (debug) {
        e.printStackTrace(err);
      }
    }

    private static String printable(String text) {
      return text.lines().map(Screen::printable).collect(joining(System.lineSeparator()));
    }

    private static String name(CommandLine command) {
      return command.getCommandSpec().qualifiedName();
    }

    private static String describe(ParameterException e) {
      if (e instanceof UnmatchedArgumentException unmatched) {
        return describe(unmatched);
      }
      var message = String.valueOf(e.getMessage());
      return Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    private static String describe(UnmatchedArgumentException e) {
      var command = e.getCommandLine();
      var first = e.getUnmatched().getFirst();
      if (e.isUnknownOption()) {
        var option = first.replaceFirst("=.*", "");
        return "unknown option '%s'%s".formatted(option, DidYouMean.hint(option, options(command)));
      }
      var commands = command.getSubcommands().keySet();
      var kind = commands.isEmpty() ? "unexpected argument" : "unknown command";
      return "%s '%s'%s".formatted(kind, first, DidYouMean.hint(first, commands));
    }

    private static List<String> options(CommandLine command) {
      return command.getCommandSpec().options().stream()
          .filter(option -> !option.hidden())
          .flatMap(option -> Stream.of(option.names()))
          .toList();
    }

    /// The platform's messages for files are only the file's name where the class tells the rest.
    private static String describe(Throwable e) {
      return switch (e) {
        case NoSuchFileException f -> f.getFile() + ": no such file or directory";
        case AccessDeniedException f -> f.getFile() + ": permission denied";
        case FileSystemException f when f.getReason() != null -> f.getFile() + ": " + f.getReason();
        default -> requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
      };
    }
  }

  /// The version that the build wrote beside this class.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {read()};
    }

    static String read() {
      try (var file = requireNonNull(Main.class.getResourceAsStream("version.txt"))) {
        return "sluice " + new String(file.readAllBytes(), UTF_8).strip();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
