package dev.sluice.examples;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channels.Channel;
import dev.sluice.kafka.Kafka;
import dev.sluice.micrometer.SluiceMetrics;
import dev.sluice.monitor.Monitor;
import dev.sluice.opentelemetry.ItemSpans;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.queues.DurableQueue;
import dev.sluice.testkit.Actor;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.reflect.AccessFlag;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the library's modules never do, read from their compiled classes.
///
/// On Java 21 a virtual thread that waits in or for a monitor keeps its carrier; with one carrier
/// that is a deadlock. So they use locks of `java.util.concurrent`, and no monitors.
class ArchitectureTest {
  /// The modules, and a class of each: it tells where the module is.
  private static final Map<String, Class<?>> LIBRARY =
      Map.of(
          "dev.sluice.channels", Channel.class,
          "dev.sluice.pipelines", Pipeline.class,
          "dev.sluice.testkit", Actor.class,
          "dev.sluice.queues", DurableQueue.class,
          "dev.sluice.kafka", Kafka.class,
          "dev.sluice.monitor", Monitor.class,
          "dev.sluice.micrometer", SluiceMetrics.class,
          "dev.sluice.opentelemetry", ItemSpans.class);

  private static final List<MethodTypeDesc> WAITS =
      List.of(
          MethodTypeDesc.of(ConstantDescs.CD_void),
          MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long),
          MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_int));

  @Test
  void no_library_module_uses_monitors() throws Exception {
    for (var name : LIBRARY.keySet()) {
      var classes = classesOf(module(name));

      assertThat(classes).as("the classes of %s", name).isNotEmpty();
      assertThat(classes.stream().flatMap(model -> monitorsIn(model).stream())).isEmpty();
    }
  }

  @Test
  void channels_need_the_platform_only() throws Exception {
    assertThat(requiredBy("dev.sluice.channels"))
        .containsExactlyInAnyOrder("java.base", "org.jspecify");
  }

  @Test
  void pipelines_need_channels_only() throws Exception {
    assertThat(requiredBy("dev.sluice.pipelines"))
        .containsExactlyInAnyOrder("java.base", "jdk.jfr", "org.jspecify", "dev.sluice.channels");
  }

  @Test
  void each_library_module_exports_its_one_package() throws Exception {
    for (var name : LIBRARY.keySet()) {
      assertThat(module(name).descriptor().packages()).containsExactly(name);
    }
  }

  @Test
  void every_way_to_use_a_monitor_is_recognised() throws Exception {
    try (var bytes = Monitors.class.getResourceAsStream("ArchitectureTest$Monitors.class")) {
      assertThat(bytes).isNotNull();
      var model = ClassFile.of().parse(bytes.readAllBytes());

      assertThat(monitorsIn(model))
          .containsExactlyInAnyOrder(
              name("method is synchronized"),
              name("block has a synchronized block"),
              name("waits calls wait"),
              name("waits calls wait"),
              name("waits calls wait"),
              name("notifies calls notify"),
              name("notifies calls notifyAll"));
    }
  }

  private static String name(String finding) {
    return "dev/sluice/examples/ArchitectureTest$Monitors." + finding;
  }

  /// Uses monitors in every way, to be found.
  @SuppressWarnings({"UnusedMethod", "WaitNotInLoop", "NakedNotify"})
  private static final class Monitors {
    private int count;

    synchronized void method() {
      count++;
    }

    int block() {
      synchronized (this) {
        return count;
      }
    }

    void waits() throws InterruptedException {
      wait();
      wait(1);
      wait(1, 1);
    }

    void notifies() {
      notify();
      notifyAll();
    }
  }

  private static List<String> monitorsIn(ClassModel model) {
    var found = new ArrayList<String>();
    for (var method : model.methods()) {
      var name = model.thisClass().asInternalName() + "." + method.methodName().stringValue();
      if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
        found.add(name + " is synchronized");
      }
      instructions(method)
          .filter(MonitorInstruction.class::isInstance)
          .map(instruction -> name + " has a synchronized block")
          .distinct()
          .forEach(found::add);
      instructions(method)
          .filter(InvokeInstruction.class::isInstance)
          .map(InvokeInstruction.class::cast)
          .filter(ArchitectureTest::usesMonitor)
          .map(call -> name + " calls " + call.name().stringValue())
          .forEach(found::add);
    }
    return found;
  }

  private static Stream<CodeElement> instructions(MethodModel method) {
    return method.code().stream().flatMap(code -> code.elementStream());
  }

  /// The methods of Object are final: nobody else's have these names and parameters.
  private static boolean usesMonitor(InvokeInstruction call) {
    return switch (call.name().stringValue()) {
      case "wait" -> WAITS.contains(call.typeSymbol());
      case "notify", "notifyAll" -> call.typeSymbol().equals(WAITS.getFirst());
      default -> false;
    };
  }

  private static List<ClassModel> classesOf(ModuleReference module) throws IOException {
    try (var reader = module.open();
        var resources = reader.list()) {
      var models = new ArrayList<ClassModel>();
      for (var name : resources.filter(name -> name.endsWith(".class")).toList()) {
        try (var bytes = reader.open(name).orElseThrow()) {
          models.add(ClassFile.of().parse(bytes.readAllBytes()));
        }
      }
      return models;
    }
  }

  private static Set<String> requiredBy(String module) throws URISyntaxException {
    return module(module).descriptor().requires().stream()
        .map(Requires::name)
        .collect(Collectors.toSet());
  }

  /// The module as it was built.
  private static ModuleReference module(String name) throws URISyntaxException {
    var location = requireNonNull(LIBRARY.get(name)).getProtectionDomain().getCodeSource();
    return ModuleFinder.of(Path.of(location.getLocation().toURI())).find(name).orElseThrow();
  }
}
