package dev.sluice.cli;

import dev.sluice.logs.DidYouMean;
import dev.sluice.logs.UsageException;
import dev.sluice.patterns.Demo;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice demo`: the patterns at work.
@Command(
    name = "demo",
    header = "Watch a pattern of producers and consumers at work.",
    description = {
      "",
      "Runs one of the systems for a few seconds and tells what happens: who sends, who waits, who takes what; and at"
          + " the end what became of every item.",
      ""
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"  0:it has run", "  1:it failed", "  2:there is none of that name"},
    footer = {"", "Examples:", "  sluice demo --list", "  sluice demo basic"})
final class DemoCommand implements Callable<Integer> {

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which one; --list names them.")
  private @Nullable String name;

  @Option(names = "--list", description = "Print the names of all, a line each.")
  private boolean list;

  private final Map<String, String> environment = System.getenv();

  @Override
  public Integer call() throws Exception {
    if (list) {
      Demo.ids().forEach(System.out::println);
      return 0;
    }
    var wanted = name;
    if (wanted == null) {
      throw new UsageException("name one of: " + String.join(", ", Demo.ids()));
    }
    var demo =
        Demo.of(wanted)
            .orElseThrow(() ->
                new UsageException(
                    "there is no demo '%s'%s"
                        .formatted(wanted, DidYouMean.hint(wanted, Demo.ids()))));
    demo.run(System.out, Screen.colours(1, environment));
    return 0;
  }
}
