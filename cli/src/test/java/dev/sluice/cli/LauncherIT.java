package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The launcher, as a user calls it: the real one, and copies of it in projects whose `mvn` only
/// tells that it was called.
@Timeout(120)
class LauncherIT {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root")).normalize();
  private static final String JAVA = System.getProperty("java.home");

  @TempDir Path temp;

  /// A project with a space in its path: the launcher, a source, a `mvn` that records its calls.
  private Path project;

  private Path calls;
  private final Map<String, String> environment = new HashMap<>();
  private final List<Path> links = new ArrayList<>();

  /// Makes the cache that all of them share; otherwise the first of them would wait for it.
  @BeforeAll
  static void startOnce() throws Exception {
    var launcher = new ProcessBuilder(ROOT.resolve("sluice").toString(), "--version");
    launcher.redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
    launcher.environment().put("JAVA_HOME", JAVA);
    assertThat(launcher.start().waitFor()).isZero();
  }

  @BeforeEach
  void layOutAProject() throws IOException {
    project = Files.createDirectories(temp.resolve("a project"));
    calls = temp.resolve("calls");
    Files.copy(
        ROOT.resolve("sluice"), project.resolve("sluice"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(project.resolve("pom.xml"), "");
    Files.createDirectories(project.resolve("cli/src/main/java"));
    Files.writeString(project.resolve("cli/pom.xml"), "");
    Files.writeString(source("Main"), "");
    Files.writeString(source("Other"), "");
    environment.put("JAVA_HOME", JAVA);
  }

  @AfterEach
  void removeLinks() throws IOException {
    for (var link : links) {
      Files.deleteIfExists(link);
    }
  }

  @Test
  void it_runs_from_any_directory() throws Exception {
    var result = run(temp, ROOT.resolve("sluice").toString(), "--version");

    assertThat(result.out()).isEqualTo(Main.Version.read() + "\n");
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
  }

  @Test
  void it_runs_through_symbolic_links_with_spaces_in_them() throws Exception {
    var there = Files.createDirectory(temp.resolve("over there"));
    var link = link(there.resolve("first"), ROOT.resolve("sluice"));
    link(temp.resolve("my sluice"), temp.relativize(link));

    var result = run(there, temp.resolve("my sluice").toString(), "--version");

    assertThat(result.out()).startsWith("sluice ");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void it_runs_when_found_on_the_path() throws Exception {
    link(Files.createDirectory(temp.resolve("bin")).resolve("sluice"), ROOT.resolve("sluice"));
    environment.put("PATH", temp.resolve("bin") + ":" + System.getenv("PATH"));

    assertThat(run(temp, "sh", "-c", "sluice --version").out()).startsWith("sluice ");
  }

  @Test
  void an_unknown_command_gets_a_suggestion_and_no_stack_trace() throws Exception {
    var result = run(temp, ROOT.resolve("sluice").toString(), "hlep");

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo("sluice: unknown command 'hlep'; did you mean 'help'?\nTry 'sluice --help'.\n");
  }

  @Test
  void arguments_arrive_as_they_were_given() throws Exception {
    var result = run(temp, ROOT.resolve("sluice").toString(), "a b*$HOME\"'\\");

    assertThat(result.err()).startsWith("sluice: unknown command 'a b*$HOME\"'\\'");
  }

  @Test
  void a_newer_jdk_is_found_beside_an_old_one_on_the_path() throws Exception {
    var old = javaHome(temp.resolve("old"), "17.0.15");
    var roots = Files.createDirectory(temp.resolve("jdks"));
    javaHome(roots.resolve("11"), "11.0.2");
    link(roots.resolve("new"), Path.of(JAVA));
    environment.put("JAVA_HOME", old.toString());
    environment.put("SLUICE_JDK_ROOTS", temp.resolve("none") + ":" + roots);
    maven(buildScript());
    environment.put("PATH", old.resolve("bin") + ":" + environment.get("PATH"));

    var result = runCopy();

    assertThat(result.err()).isEqualTo("sluice: building, first run\n");
    assertThat(result.out()).startsWith("sluice ");
  }

  @Test
  void without_a_jdk_it_says_what_to_install_and_where_it_looked() throws Exception {
    environment.put("JAVA_HOME", javaHome(temp.resolve("old"), "17.0.15").toString());
    environment.put("PATH", withoutJava());
    environment.put("SLUICE_JDK_ROOTS", temp.resolve("no jdks").toString());

    var result = run(temp, ROOT.resolve("sluice").toString(), "--version");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("sluice: needs a JDK 25 or newer, and found none\n")
        .contains(temp.resolve("old").toString(), temp.resolve("no jdks").toString())
        .contains("apt install openjdk-25-jdk", "brew install", "JAVA_HOME");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void a_java_that_cannot_compile_does_not_do_for_a_build() throws Exception {
    environment.put("JAVA_HOME", javaHome(temp.resolve("jre"), "25.0.1").toString());
    environment.put("PATH", withoutJava());
    environment.put("SLUICE_JDK_ROOTS", temp.resolve("none").toString());

    var result = runCopy();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("without a compiler: " + temp.resolve("jre"), "apt install");
  }

  @Test
  void without_maven_it_says_what_to_install() throws Exception {
    environment.put("PATH", withoutJava());

    var result = runCopy();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("found no mvn on the PATH", "apt install maven");
  }

  @Test
  void it_builds_once_and_says_so() throws Exception {
    maven(buildScript());

    assertThat(runCopy().err()).isEqualTo("sluice: building, first run\n");
    assertThat(runCopy().err()).isEmpty();

    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void the_build_leaves_standard_input_to_the_program() throws Exception {
    maven("cat >'%s'\n".formatted(temp.resolve("eaten")) + buildScript());

    run(temp, "sh", "-c", "echo line | '%s' --version".formatted(project.resolve("sluice")));

    assertThat(temp.resolve("eaten")).isEmptyFile();
  }

  @Test
  void it_builds_again_when_a_source_changed() throws Exception {
    maven(buildScript());
    runCopy();

    Files.setLastModifiedTime(source("Main"), FileTime.from(Instant.now().plusSeconds(1)));

    assertThat(runCopy().err()).isEqualTo("sluice: building, sources changed\n");
  }

  @Test
  void it_builds_again_when_a_source_is_gone() throws Exception {
    maven(buildScript());
    runCopy();
    Files.setLastModifiedTime(
        project.resolve("cli/target/app/stamp"), FileTime.from(Instant.now().minusSeconds(2)));
    Files.setLastModifiedTime(source("Main"), FileTime.from(Instant.now().minusSeconds(9)));
    for (var old : List.of("pom.xml", "cli/pom.xml", "cli/src/main")) {
      Files.setLastModifiedTime(project.resolve(old), FileTime.from(Instant.now().minusSeconds(9)));
    }

    Files.delete(source("Other"));

    assertThat(runCopy().err()).isEqualTo("sluice: building, sources changed\n");
  }

  @Test
  void it_builds_again_when_a_pom_changed() throws Exception {
    maven(buildScript());
    runCopy();

    Files.setLastModifiedTime(
        project.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(1)));
    runCopy();

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void a_failed_build_shows_its_errors_and_is_tried_again() throws Exception {
    maven("echo '[INFO] so far so good'\necho '[ERROR] Main.java: broken'\nexit 1\n");

    var result = runCopy();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains("  Main.java: broken\n", "cli/target/sluice-build.log")
        .doesNotContain("so far so good");
    runCopy();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void a_lock_of_a_process_that_is_gone_does_not_matter() throws Exception {
    maven(buildScript());
    var gone = new ProcessBuilder("true").start();
    gone.waitFor();
    link(
        Files.createDirectories(project.resolve("cli/target")).resolve("sluice-build.lock"),
        Path.of(Long.toString(gone.pid())));

    assertThat(runCopy().status()).isZero();

    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void two_at_once_build_once() throws Exception {
    var barrier = temp.resolve("go on");
    run(temp, "mkfifo", barrier.toString());
    maven("cat '%s'\n".formatted(barrier) + buildScript());
    var first = start(temp, project.resolve("sluice").toString(), "--version");
    var second = start(temp, project.resolve("sluice").toString(), "--version");
    var waits = new ArrayList<String>();
    for (var process : List.of(first, second)) {
      waits.add(process.errorReader(UTF_8).readLine());
    }

    Files.writeString(barrier, "");

    assertThat(waits)
        .contains("sluice: building, first run")
        .anyMatch(line -> line.startsWith("sluice: waiting for a build by process"));
    assertThat(first.waitFor()).isZero();
    assertThat(second.waitFor()).isZero();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void an_interrupted_build_leaves_nothing_running_and_is_done_again() throws Exception {
    var barrier = temp.resolve("never");
    run(temp, "mkfifo", barrier.toString());
    maven("exec cat '%s'\n".formatted(barrier));
    var launcher = start(temp, project.resolve("sluice").toString(), "--version");
    assertThat(launcher.errorReader(UTF_8).readLine()).isEqualTo("sluice: building, first run");

    run(temp, "kill", Long.toString(launcher.pid()));

    assertThat(launcher.waitFor()).isEqualTo(143);
    assertThat(project.resolve("cli/target/sluice-build.lock")).doesNotExist();
    maven(buildScript());
    assertThat(runCopy().out()).startsWith("sluice ");
  }

  @Test
  void a_broken_cache_does_not_matter() throws Exception {
    maven(buildScript());
    runCopy();
    for (var broken : List.of("garbage", "", "x".repeat(100_000))) {
      for (var cache : caches()) {
        Files.writeString(cache, broken);
      }

      var result = runCopy();

      assertThat(result.out()).isEqualTo(Main.Version.read() + "\n");
      assertThat(result.err()).isEmpty();
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void a_cache_of_other_jars_does_not_matter() throws Exception {
    maven(buildScript());
    runCopy();
    assertThat(caches()).hasSize(2).allMatch(cache -> cache.toFile().length() > 0);

    Files.setLastModifiedTime(
        project.resolve("cli/target/app/sluice.jar"), FileTime.from(Instant.EPOCH));
    var result = runCopy();

    assertThat(result.out()).isEqualTo(Main.Version.read() + "\n");
    assertThat(result.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--where=status > 1, start-expressions-",
    "--set=a=1, start-expressions-",
    "--count-by=status, start-",
  })
  void the_classes_of_expressions_are_loaded_only_for_them(String option, String cache)
      throws Exception {
    var log = Files.writeString(temp.resolve("empty.log"), "");
    environment.put("SLUICE_JAVA_OPTS", "-Xlog:aot:stderr");

    var result = run(temp, ROOT.resolve("sluice").toString(), "logs", option, log.toString());

    assertThat(result.err())
        .containsPattern("Opened AOT cache .*/" + cache + "(?!expressions).*\\.aot");
  }

  /// Java makes a class for each kind of annotation that is read, and for each switch over types,
  /// which takes longer than to read a small log. Without a cache it loads, and tells, only the
  /// classes that are needed.
  @ParameterizedTest
  @CsvSource({"logs a.log --count-by status --per 60, false", "logs --help, true"})
  void only_help_reads_annotations_and_nothing_switches_over_types(String arguments, boolean read)
      throws Exception {
    Files.writeString(
        temp.resolve("a.log"),
        "127.0.0.1 - - [21/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5\n");
    var classes = temp.resolve("classes");
    environment.put(
        "SLUICE_JAVA_OPTS", "-XX:AOTMode=off -Xlog:class+load:file=" + classes.getFileName());

    var result = run(temp, "sh", "-c", ROOT.resolve("sluice") + " " + arguments);

    assertThat(result.status()).as(result.err()).isZero();
    var loaded = Files.readString(classes);
    assertThat(loaded).contains("picocli.CommandLine ");
    assertThat(loaded.contains("sun.reflect.annotation.AnnotationInvocationHandler"))
        .isEqualTo(read);
    assertThat(loaded).doesNotContain("$$TypeSwitch");
  }

  @Test
  void a_cache_of_other_options_does_not_matter() throws Exception {
    environment.put("SLUICE_JAVA_OPTS", "-XX:+UseParallelGC -Xmx512m -XX:-UseCompressedOops");

    var result = run(temp, ROOT.resolve("sluice").toString(), "--version");

    assertThat(result.out()).isEqualTo(Main.Version.read() + "\n");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void it_starts_about_as_fast_as_java_can() throws Exception {
    var bare = quickest(Path.of(JAVA, "bin", "java").toString(), "-version");
    var launched = quickest(ROOT.resolve("sluice").toString(), "--version");

    assertThat(launched).isLessThan(bare * 8);
  }

  /// Makes a symbolic link, which is gone before JUnit would warn that it leads out of its
  /// directory.
  private Path link(Path link, Path target) throws IOException {
    links.add(link);
    return Files.createSymbolicLink(link, target);
  }

  private long quickest(String... command) throws Exception {
    var best = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      var started = System.nanoTime();
      run(temp, command);
      best = Math.min(best, System.nanoTime() - started);
    }
    return best;
  }

  private Path source(String name) {
    return project.resolve("cli/src/main/java").resolve(name + ".java");
  }

  /// Makes a `mvn` that records its call, then does as `script` says.
  private void maven(String script) throws IOException {
    var bin = Files.createDirectories(temp.resolve("maven"));
    var mvn = bin.resolve("mvn");
    Files.writeString(mvn, "#!/bin/sh\necho \"$@\" >>'%s'\n%s".formatted(calls, script));
    Files.setPosixFilePermissions(mvn, fromString("rwxr-xr-x"));
    environment.put("PATH", bin + ":" + System.getenv("PATH"));
  }

  /// Puts the real program where a build would.
  private String buildScript() {
    return """
    cd '%s/cli/target' && rm -rf app && mkdir app && cp -R '%s'/* app && touch app/stamp
    """
        .formatted(project, ROOT.resolve("cli/target/app"));
  }

  private long builds() throws IOException {
    try (var lines = Files.lines(calls)) {
      return lines.count();
    }
  }

  private List<Path> caches() throws IOException {
    try (var files = Files.list(project.resolve("cli/target/app"))) {
      return files.filter(file -> file.toString().endsWith(".aot")).toList();
    }
  }

  /// A directory that looks like a Java which cannot compile, but must not be started.
  private static Path javaHome(Path home, String version) throws IOException {
    var java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'the wrong Java was started' >&2; exit 9\n");
    Files.setPosixFilePermissions(java, fromString("rwxr-xr-x"));
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
    return home;
  }

  /// A PATH with what the launcher itself needs, but neither Java nor Maven.
  private String withoutJava() throws Exception {
    var bin = Files.createDirectories(temp.resolve("tools"));
    for (var tool :
        List.of("sh", "readlink", "find", "mkdir", "ln", "rm", "mv", "sed", "sleep", "dirname")) {
      var path = run(temp, "sh", "-c", "command -v " + tool).out().strip();
      link(bin.resolve(tool), Path.of(path));
    }
    return bin.toString();
  }

  private Result runCopy() throws Exception {
    return run(temp, project.resolve("sluice").toString(), "--version");
  }

  private Result run(Path directory, String... command) throws Exception {
    var process = start(directory, command);
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    var err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), out, err);
  }

  private Process start(Path directory, String... command) throws IOException {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("JAVA_") || name.startsWith("SLUICE_"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private record Result(int status, String out, String err) {}
}
