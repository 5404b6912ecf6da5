package dev.sluice.monitor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.jspecify.annotations.NullUnmarked;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/// A real Chromium without a window. Where there is none, tests are skipped and say so.
@NullUnmarked // scripts return what they like
final class Browser implements AutoCloseable {
  private static final Path SHOTS = Path.of("target/screenshots");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  static Browser open(boolean dark, int width, int height) {
    var chromium = program("chromium", "chromium-browser", "google-chrome");
    var chromedriver = program("chromedriver");
    assumeTrue(
        chromium.isPresent() && chromedriver.isPresent(),
        "no browser test: needs chromium and chromedriver on the PATH"
            + " (Debian: apt install chromium chromium-driver)");
    var options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow().toString());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--hide-scrollbars",
        "--lang=en-US",
        "--window-size=" + width + "," + height);
    if (dark) {
      options.addArguments("--force-dark-mode");
    }
    var logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.orElseThrow().toFile())
            .build();
    var driver = new ChromeDriver(service, options);
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    return new Browser(driver);
  }

  private static Optional<Path> program(String... names) {
    for (var name : names) {
      for (var directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
        var file = Path.of(directory, name);
        if (Files.isExecutable(file)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  ChromeDriver driver() {
    return driver;
  }

  void go(URI page) {
    driver.get(page.toString());
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  String text(String selector) {
    var found = driver.findElements(By.cssSelector(selector));
    return found.isEmpty() ? "" : found.getFirst().getText();
  }

  Object run(String script) {
    return driver.executeScript(script);
  }

  /// What the page has complained of since it was last asked.
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        .toList();
  }

  /// Keeps what it shows in `target/screenshots`, for a person to look at.
  Path shoot(String name) throws IOException {
    Files.createDirectories(SHOTS);
    return Files.write(SHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
