package dev.sluice.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The options of `sluice logs` by what they are about, for its help and its manual page.
enum OptionSections {
  INPUT("Input", "--format", "--timezone", "--encoding", "--follow", "--from-end", "--until-end"),
  RECORDS(
      "Records",
      "--since",
      "--until",
      "--sample",
      "--sample-seed",
      "--set",
      "--where",
      "--dedupe",
      "--within",
      "--redact",
      "--fields"),
  AGGREGATES(
      "Aggregates", "--count-by", "--top", "--per", "--percentiles", "--approximate", "--json"),
  OUTPUT("Output", "--to", "--report", "--rejected", "--account", "--checkpoint"),
  RUN(
      "Run",
      "--fail-on-rejected",
      "--parsers",
      "--buffer",
      "--drain-timeout",
      "--progress",
      "--live",
      "--dashboard",
      "--explain",
      "--quiet",
      "--config"),
  /// All others.
  GENERAL("General");

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> names;

  OptionSections(String title, String... names) {
    this.title = title;
    this.names = List.of(names);
  }

  String title() {
    return title;
  }

  /// The options of `command` in this section, in the order of the section.
  List<OptionSpec> of(CommandSpec command) {
    var options = new ArrayList<OptionSpec>();
    if (this == GENERAL) {
      for (var option : command.options()) {
        if (!option.hidden() && Arrays.stream(values()).noneMatch(it -> it.has(option))) {
          options.add(option);
        }
      }
      return options;
    }
    for (var name : names) {
      var option = command.findOption(name);
      if (option != null && !option.hidden()) {
        options.add(option);
      }
    }
    return options;
  }

  private boolean has(OptionSpec option) {
    return names.stream().anyMatch(List.of(option.names())::contains);
  }

  /// Makes the help of `command` list its options in these sections.
  static void apply(CommandLine command) {
    command
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, OptionSections::render);
  }

  private static String render(Help help) {
    var command = help.commandSpec();
    var text = new StringBuilder();
    for (var section : values()) {
      var options = section.of(command);
      if (!options.isEmpty()) {
        // All options, so that the columns of all sections are equally wide.
        var layout = help.createDefaultLayout(command.options(), List.of(), help.colorScheme());
        layout.addOptions(options, help.parameterLabelRenderer());
        text.append(help.createHeading("%n@|bold " + section.title() + ":|@%n")).append(layout);
      }
    }
    return text.toString();
  }
}
