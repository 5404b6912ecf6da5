package dev.sluice.cli;

import dev.sluice.lab.Lab;
import dev.sluice.logs.UsageException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `sluice lab`: the playground in the browser.
@Command(
    name = "lab",
    header = "Play with producers, buffers and consumers in the browser.",
    description = {
      "",
      "Runs real threads and channels, and shows them on a page, beside what queueing theory expects: change the"
          + " buffer, the rates or the number of stages, and watch. The page's address is printed, on a line of its"
          + " own; it answers on this machine alone. Ends on Ctrl-C.",
      ""
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"  0:ended by Ctrl-C", "  1:cannot listen there", "  2:wrong usage"})
final class LabCommand implements Callable<Integer> {

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Listen at this port; 0 for any that is free (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(names = "--no-browser", description = "Open no browser.")
  private boolean quiet;

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > 65_535) {
      throw new UsageException("--port: a port is from 0 to 65535, but was " + port);
    }
    var ended = new CountDownLatch(1);
    try (var lab = Lab.start(port);
        var _ = Signals.listen(signal -> ended.countDown(), signal -> ended.countDown())) {
      System.out.println(lab.page());
      System.out.flush();
      if (!quiet) {
        open(lab.page());
      }
      ended.await();
    }
    return 0;
  }

  private static void open(URI page) {
    var system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    var opener =
        system.contains("mac")
            ? List.of("open")
            : system.contains("windows")
                ? List.of("rundll32", "url.dll,FileProtocolHandler")
                : List.of("xdg-open");
    try {
      new ProcessBuilder(Stream.concat(opener.stream(), Stream.of(page.toString())).toList())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      System.err.println(
          "sluice lab: there is no %s to open a browser with: open the address yourself"
              .formatted(opener.getFirst()));
    }
  }
}
