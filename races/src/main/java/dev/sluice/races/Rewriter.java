package dev.sluice.races;

import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.util.stream.Collectors.toSet;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Modifier;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts a call of [Hooks] before each step that other threads can see, and instead of each call
/// that waits or looks at the time.
final class Rewriter implements ClassFileTransformer {
  private static final String OURS = "dev/sluice/";
  private static final String TOOL =
      "dev/sluice/races/"; // its direct members; the scenes are below
  private static final ClassDesc HOOKS = Hooks.class.describeConstable().orElseThrow();
  private static final ClassDesc LOCK = HookedLock.class.describeConstable().orElseThrow();
  private static final String REAL_LOCK = "java/util/concurrent/locks/ReentrantLock";
  private static final String BET = "dev/sluice/channels/Bet";
  private static final MethodTypeDesc POINT = MethodTypeDesc.of(CD_void, CD_String);

  /// Reads the files of classes instead of loading them: the JVM calls no transformer for what is
  /// loaded by one, and such a class would take no part in a schedule.
  private static final ClassHierarchyResolver HIERARCHY =
      ClassHierarchyResolver.ofResourceParsing(Rewriter.class.getClassLoader()).cached();

  /// What stands in for what: `owner.name(arguments)`, the receiver being an argument too.
  private static final Set<String> REPLACED =
      Arrays.stream(Hooks.class.getDeclaredMethods())
          .filter(method -> Modifier.isPublic(method.getModifiers()))
          .map(method -> method.getAnnotation(Hooks.InsteadOf.class) == null ? "" : key(method))
          .collect(toSet());

  private static String key(java.lang.reflect.Method hook) {
    var of = hook.getAnnotation(Hooks.InsteadOf.class);
    var type =
        MethodTypeDesc.ofDescriptor(
            java.lang.invoke.MethodType.methodType(hook.getReturnType(), hook.getParameterTypes())
                .toMethodDescriptorString());
    return of.value().describeConstable().orElseThrow().descriptorString()
        + hook.getName()
        + type.descriptorString();
  }

  /// Rewrites what is loaded from now on, and what has been loaded already.
  static void install(Instrumentation instrumentation) {
    instrumentation.addTransformer(new Rewriter(), true);
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (instrumentation.isModifiableClass(loaded)
          && isUnderTest(loaded.getName().replace('.', '/'))) {
        try {
          instrumentation.retransformClasses(loaded);
        } catch (UnmodifiableClassException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private static boolean isUnderTest(String name) {
    return name.startsWith(OURS)
        && !(name.startsWith(TOOL) && name.lastIndexOf('/') < TOOL.length());
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable ClassLoader loader,
      String name,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (!isUnderTest(name)) {
      return null;
    }
    try {
      return rewrite(bytes);
    } catch (RuntimeException | Error e) {
      throw fatal(name, e);
    }
  }

  @SuppressWarnings("SystemExitOutsideMain") // the JVM drops what a transformer throws
  private static IllegalStateException fatal(String name, Throwable e) {
    System.err.println("races: cannot rewrite " + name);
    e.printStackTrace();
    Runtime.getRuntime().halt(70);
    return new IllegalStateException(e);
  }

  static byte[] rewrite(byte[] bytes) {
    var file = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(HIERARCHY));
    var model = file.parse(bytes);
    return file.transformClass(
        model,
        (builder, element) -> {
          if (element instanceof MethodModel method && method.code().isPresent()) {
            builder.transformMethod(
                method,
                java.lang.classfile.MethodTransform.transformingCode(
                    new Steps(model, method.methodName().stringValue())));
          } else {
            builder.with(element);
          }
        });
  }

  private static final class Steps implements CodeTransform {
    private final String owner;
    private final boolean initialises;
    private final String place;
    private final Set<String> finals;
    private int line;

    Steps(ClassModel model, String method) {
      owner = model.thisClass().asInternalName();
      initialises = method.equals("<clinit>");
      place = owner.substring(owner.lastIndexOf('/') + 1) + "." + method + ":";
      finals =
          model.fields().stream()
              .filter(field -> field.flags().has(AccessFlag.FINAL))
              .map(field -> field.fieldName().stringValue())
              .collect(toSet());
    }

    @Override
    public void atStart(CodeBuilder code) {
      if (initialises) {
        code.invokestatic(HOOKS, "beginInitialiser", MethodTypeDesc.of(CD_void));
      }
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      switch (element) {
        case ReturnInstruction end when initialises -> {
          code.invokestatic(HOOKS, "endInitialiser", MethodTypeDesc.of(CD_void));
          code.with(end);
        }
        case LineNumber number -> {
          line = number.line();
          code.with(element);
        }
        case FieldInstruction field -> {
          if (isShared(field)) {
            point(code, field.name().stringValue());
          }
          code.with(element);
        }
        case ArrayLoadInstruction load -> {
          point(code, "[] load");
          code.with(load);
        }
        case ArrayStoreInstruction store -> {
          point(code, "[] store");
          code.with(store);
        }
        case NewObjectInstruction made when made.className().asInternalName().equals(REAL_LOCK) ->
            code.new_(LOCK);
        case InvokeInstruction call -> invoke(code, call);
        default -> code.with(element);
      }
    }

    private boolean isShared(FieldInstruction field) {
      var of = field.owner().asInternalName();
      boolean constant = field.typeSymbol().equals(field.owner().asSymbol()); // such as an enum's
      return of.startsWith(OURS)
          && !constant
          && !(of.equals(owner) && finals.contains(field.name().stringValue()));
    }

    private void invoke(CodeBuilder code, InvokeInstruction call) {
      var of = call.owner().asInternalName();
      var name = call.name().stringValue();
      if (of.equals(REAL_LOCK) && name.equals("<init>")) {
        code.invokespecial(LOCK, name, call.typeSymbol());
        return;
      }
      if (of.equals(BET) && name.equals("isWorthIt")) {
        code.pop();
        code.invokestatic(HOOKS, name, call.typeSymbol());
        return;
      }
      var type = call.typeSymbol();
      if (call.opcode() != Opcode.INVOKESTATIC) {
        type = type.insertParameterTypes(0, call.owner().asSymbol());
      }
      if (REPLACED.contains(
          call.owner().asSymbol().descriptorString() + name + type.descriptorString())) {
        code.ldc(place + line + " " + name);
        code.invokestatic(HOOKS, "at", POINT);
        code.invokestatic(HOOKS, name, type);
        return;
      }
      if (!name.equals("<init>")
          && (of.equals("java/lang/invoke/VarHandle") || of.startsWith("java/util/concurrent/"))) {
        point(code, name);
      }
      code.with(call);
    }

    private void point(CodeBuilder code, String what) {
      code.ldc(place + line + " " + what);
      code.invokestatic(HOOKS, "point", POINT);
    }
  }
}
