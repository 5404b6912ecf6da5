package dev.sluice.cli;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// A manual page in the macros of `man(7)`, of the same texts as the help.
final class ManPage {
  private final CommandSpec command;
  private final Help help;
  private final String version;
  private final StringBuilder page = new StringBuilder();

  ManPage(CommandLine command, String version) {
    this.command = command.getCommandSpec();
    this.help = new Help(this.command, Help.defaultColorScheme(Help.Ansi.OFF));
    this.version = version;
  }

  String render() {
    var name = command.qualifiedName("-");
    line(".TH \"" + name.toUpperCase(Locale.ROOT) + "\" 1 \"\" \"" + version + "\" \"Sluice\"");
    heading("NAME");
    var usage = command.usageMessage();
    var summary = usage.header().length > 0 ? usage.header() : usage.description();
    line(escaped(name) + " \\- " + escaped(text(summary).replaceFirst("\\.$", "")));
    heading("SYNOPSIS");
    synopsis();
    if (usage.header().length > 0) {
      heading("DESCRIPTION");
      lines(usage.description());
    }
    positionals();
    options();
    commands();
    entries("EXIT STATUS", usage.exitCodeList());
    if (command.name().equals("logs")) {
      environment();
    }
    footer(usage.footer());
    return page.toString();
  }

  private void synopsis() {
    var text = new StringBuilder("\\fB" + escaped(command.qualifiedName()) + "\\fR");
    if (!command.options().isEmpty()) {
      text.append(" [\\fIOPTIONS\\fR]");
    }
    for (var positional : command.positionalParameters()) {
      text.append(" [\\fI").append(escaped(positional.paramLabel())).append("\\fR...]");
    }
    if (!command.subcommands().isEmpty()) {
      text.append("\n.br\n\\fB")
          .append(escaped(command.qualifiedName()))
          .append("\\fR \\fICOMMAND\\fR");
    }
    line(text.toString());
  }

  private void positionals() {
    if (command.positionalParameters().isEmpty()) {
      return;
    }
    heading("ARGUMENTS");
    for (var positional : command.positionalParameters()) {
      entry("\\fI" + escaped(positional.paramLabel()) + "\\fR", described(positional));
    }
  }

  private void options() {
    heading("OPTIONS");
    for (var section : OptionSections.values()) {
      var options = section.of(command);
      if (!options.isEmpty()) {
        if (command.name().equals("logs")) {
          line(".SS " + section.title());
        }
        options.forEach(this::option);
      }
    }
  }

  private void option(OptionSpec option) {
    var names =
        Arrays.stream(option.names())
            .map(name -> "\\fB" + escaped(name) + "\\fR")
            .collect(joining(", "));
    var label =
        help.parameterLabelRenderer().renderParameterLabel(option, Help.Ansi.OFF, List.of());
    entry(names + escaped(label.toString()), described(option));
  }

  /// The description as the help shows it: with its defaults filled in.
  private String described(ArgSpec argument) {
    var scheme = help.colorScheme();
    var rows =
        argument instanceof OptionSpec option
            ? help.createDefaultOptionRenderer()
                .render(option, help.parameterLabelRenderer(), scheme)
            : help.createDefaultParameterRenderer()
                .render((PositionalParamSpec) argument, help.parameterLabelRenderer(), scheme);
    return Arrays.stream(rows).map(row -> row[row.length - 1].toString()).collect(joining(" "));
  }

  private void commands() {
    var shown =
        command.subcommands().values().stream()
            .filter(one -> !one.getCommandSpec().usageMessage().hidden())
            .toList();
    if (shown.isEmpty()) {
      return;
    }
    heading("COMMANDS");
    for (var one : shown) {
      var usage = one.getCommandSpec().usageMessage();
      entry(
          "\\fB" + escaped(one.getCommandName()) + "\\fR",
          text(usage.header().length > 0 ? usage.header() : usage.description()));
    }
  }

  private void environment() {
    heading("ENVIRONMENT");
    entry(
        "\\fBSLUICE_\\fIOPTION\\fR",
        "The default of an option: SLUICE_DRAIN_TIMEOUT for --drain-timeout.");
    entry("\\fBSLUICE_CONFIG\\fR", "The configuration file.");
    entry("\\fBSLUICE_DEBUG\\fR", "With 1, failures show where in the program they came from.");
    entry("\\fBSLUICE_JAVA_OPTS\\fR", "More options for Java, such as -Xmx1g.");
    entry("\\fBNO_COLOR\\fR", "If it is not empty, nothing is coloured.");
    heading("FILES");
    entry(
        "\\fI~/.config/sluice/config\\fR",
        "Defaults of options, one on each line: 'drain-timeout = 10s'. 'sluice config' shows them all.");
  }

  private void footer(String[] footer) {
    boolean inExamples = false;
    for (var text : footer) {
      if (text.startsWith("Examples:")) {
        heading("EXAMPLES");
        line(".nf");
        inExamples = true;
      } else if (inExamples && !text.isBlank() && !text.startsWith(" ")) {
        line(".fi");
        heading("SEE ALSO");
        line(escaped(text));
        inExamples = false;
      } else if (!text.isBlank()) {
        line(escaped(inExamples ? text.substring(2) : text));
      }
    }
    if (inExamples) {
      line(".fi");
    }
  }

  private void entries(String title, Map<String, String> entries) {
    if (!entries.isEmpty()) {
      heading(title);
      entries.forEach((key, value) -> entry("\\fB" + escaped(key.strip()) + "\\fR", value));
    }
  }

  private void lines(String[] text) {
    boolean indented = false;
    for (var one : text) {
      var plain = one.formatted();
      if (plain.startsWith("  ") != indented) {
        indented = !indented;
        line(indented ? ".PP\n.nf" : ".fi");
      }
      if (!plain.isBlank()) {
        line(escaped(plain));
      }
    }
    if (indented) {
      line(".fi");
    }
  }

  private void entry(String term, String text) {
    line(".TP\n" + term);
    line(escaped(text));
  }

  private void heading(String title) {
    line(".SH " + title);
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  private static String text(String[] lines) {
    return Arrays.stream(lines).filter(line -> !line.isBlank()).collect(joining(" ")).formatted();
  }

  /// `text` as troff shows it: nothing in it is a request, and a hyphen is one that can be copied.
  private static String escaped(String text) {
    var safe = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq");
    return safe.startsWith(".") ? "\\&" + safe : safe;
  }
}
