package dev.sluice.patterns;

import dev.sluice.lab.Lab;
import java.io.IOException;

/// The playground: change the buffer, the rates, the number of stages, and watch in the browser.
final class Playground {
  private Playground() {}

  static Lab open() throws IOException {
    // @start region="playground"
    var lab = Lab.start(0); // any free port, for this machine alone
    System.out.println("open " + lab.page());
    // @end
    return lab;
  }
}
