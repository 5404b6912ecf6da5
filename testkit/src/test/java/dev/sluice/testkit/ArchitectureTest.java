package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the library's modules never do, read from their compiled classes.
///
/// On Java 21 a virtual thread that waits in or for a monitor keeps its carrier; with one carrier
/// that is a deadlock. So they use locks of `java.util.concurrent`, and no monitors.
class ArchitectureTest {
  private static final List<MethodTypeDesc> WAITS =
      List.of(
          MethodTypeDesc.of(ConstantDescs.CD_void),
          MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long),
          MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_int));

  @Test
  void no_library_module_uses_monitors() throws Exception {
    for (var name : List.of("channels", "pipelines", "testkit")) {
      var classes = classesOf(module("dev.sluice." + name));

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
    for (var name : List.of("dev.sluice.channels", "dev.sluice.pipelines", "dev.sluice.testkit")) {
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
    return "dev/sluice/testkit/ArchitectureTest$Monitors." + finding;
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

  private static Set<String> requiredBy(String module) {
    return module(module).descriptor().requires().stream()
        .map(Requires::name)
        .collect(Collectors.toSet());
  }

  /// The module as it was built, without the tests that this run adds to it.
  private static ModuleReference module(String name) {
    var known =
        ModuleLayer.boot()
            .configuration()
            .findModule(name)
            .orElseThrow(() -> new AssertionError(name + " is not on the module path"));
    var location = known.reference().location().orElseThrow();
    return ModuleFinder.of(Path.of(location)).find(name).orElseThrow();
  }
}
