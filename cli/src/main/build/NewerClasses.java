import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Copies the jar of picocli, so that it starts fast.
///
/// - Its classes, compiled for Java 5, get the format of Java 21: the same code, with the stack maps
///   that a newer verifier reads. Java's cache for a fast start takes no class without them, and the
///   parser of the command line is most of what starts.
/// - It gets the class that it asks for to see whether Groovy is there. Else Java would look for it
///   in each jar of the class path, at each start.
///
/// Run by the build, with the jar to read and the one to write.
public final class NewerClasses {
  private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

  private static final ClassDesc GROOVY = ClassDesc.of("groovy.lang", "Closure");

  private NewerClasses() {}

  public static void main(String[] args) throws IOException {
    var to = Path.of(args[1]);
    Files.createDirectories(to.getParent());
    try (var jar = new ZipFile(args[0]);
        var out = new ZipOutputStream(Files.newOutputStream(to))) {
      var classes = classFile(jar);
      for (var entry : Collections.list(jar.entries())) {
        var copy = new ZipEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        byte[] bytes = bytes(jar, entry);
        out.write(entry.getName().endsWith(".class") ? newer(classes, bytes) : bytes);
        out.closeEntry();
      }
      var groovy = new ZipEntry("groovy/lang/Closure.class");
      groovy.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0)); // as others: the same in each build
      out.putNextEntry(groovy);
      out.write(ClassFile.of().build(GROOVY, empty -> {}));
      out.closeEntry();
    }
  }

  private static ClassFile classFile(ZipFile jar) {
    var types =
        ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> open(jar, type))
            .orElse(ClassHierarchyResolver.ofClassLoading(ClassLoader.getSystemClassLoader()))
            .cached();
    return ClassFile.of(
        StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(types));
  }

  private static InputStream open(ZipFile jar, ClassDesc type) {
    var descriptor = type.descriptorString();
    var entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
    try {
      return entry == null ? null : jar.getInputStream(entry);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] newer(ClassFile classes, byte[] bytes) {
    var model = classes.parse(bytes);
    if (model.majorVersion() >= FIRST_WITH_STACK_MAPS) {
      return bytes;
    }
    var version = ClassFileVersion.of(ClassFile.JAVA_21_VERSION, 0);
    ClassTransform code = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
    return classes.transformClass(
        model,
        code.andThen((builder, element) ->
            builder.with(element instanceof ClassFileVersion ? version : element)));
  }

  private static byte[] bytes(ZipFile jar, ZipEntry entry) throws IOException {
    try (var in = jar.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }
}
