import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar whose class files are of Java 5, and gives each the form of Java 8, with the stack
 * maps that come with it: {@code java AddStackMaps.java CLASSPATH TO}, with the one jar of a class
 * path. Java's AOT cache takes no class file without them. The instructions stay the same, and
 * Java's verifier checks each class here, as it does when it loads the class without a cache.
 */
final class AddStackMaps {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;
    private static final int NEW_VERSION = ClassFile.JAVA_8_VERSION;
    private static final String NOTICE =
            """
            The class files of this jar were changed: they have the version of Java 8 in place of
            that of Java 5, and stack maps. Nothing else was.
            """;

    private final ZipFile jar;
    private final ClassFile format;

    private AddStackMaps(ZipFile jar) {
        this.jar = jar;
        ClassHierarchyResolver classes =
                ClassHierarchyResolver.ofResourceParsing(this::open)
                        .orElse(ClassHierarchyResolver.defaultResolver())
                        .cached();
        format =
                ClassFile.of(
                        ClassHierarchyResolverOption.of(classes),
                        StackMapsOption.GENERATE_STACK_MAPS);
    }

    static void main(String[] arguments) throws IOException {
        String jar =
                Arrays.stream(arguments[0].split(File.pathSeparator))
                        .filter(entry -> entry.endsWith(".jar"))
                        .findFirst()
                        .orElseThrow();
        try (ZipFile from = new ZipFile(jar);
                var to = new ZipOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
            new AddStackMaps(from).copyTo(to);
        }
    }

    private void copyTo(ZipOutputStream to) throws IOException {
        for (ZipEntry entry : jar.stream().map(ZipEntry.class::cast).toList()) {
            byte[] bytes = read(entry);
            put(to, entry, entry.getName().endsWith(".class") ? changed(bytes) : bytes);
        }
        ZipEntry notice = new ZipEntry("META-INF/CHANGES");
        notice.setTime(jar.stream().mapToLong(ZipEntry::getTime).max().orElse(0));
        put(to, notice, NOTICE.getBytes(StandardCharsets.UTF_8));
    }

    private static void put(ZipOutputStream to, ZipEntry like, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(like.getName());
        entry.setTime(like.getTime());
        to.putNextEntry(entry);
        to.write(bytes);
        to.closeEntry();
    }

    private byte[] changed(byte[] bytes) {
        ClassModel model = format.parse(bytes);
        if (model.majorVersion() >= FIRST_WITH_STACK_MAPS) {
            return bytes;
        }
        // Code that is handed on element by element is written anew, and gets its stack map.
        ClassTransform code =
                ClassTransform.transformingMethodBodies(
                        (builder, element) -> builder.with(element));
        ClassTransform version =
                (builder, element) ->
                        builder.with(
                                element instanceof ClassFileVersion
                                        ? ClassFileVersion.of(NEW_VERSION, 0)
                                        : element);
        byte[] result = format.transformClass(model, version.andThen(code));
        List<VerifyError> faults = format.verify(result);
        if (!faults.isEmpty()) {
            throw new IllegalStateException(model.thisClass().asInternalName() + ": " + faults);
        }
        return result;
    }

    private byte[] read(ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    /** The class file of a class of the jar, or null. */
    private InputStream open(ClassDesc name) {
        String descriptor = name.descriptorString();
        String file = descriptor.substring(1, descriptor.length() - 1) + ".class";
        ZipEntry entry = jar.getEntry(file);
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
