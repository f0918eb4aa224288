import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Counts the sources: {@code java bench/Census.java [FOLDER]}, with a JDK 25.
 *
 * <p>What is counted is parsed, and not compiled, so that any commit can be counted.
 */
final class Census {
    private static final int LONGEST_FILE = 400;

    private final Path top;
    private final Map<String, Integer> linesOfModules = new TreeMap<>();
    private final Map<String, Integer> filesOfPackages = new TreeMap<>();
    private final Map<String, Integer> namesOfTypes = new HashMap<>();
    private final List<String> types = new ArrayList<>();
    private final Map<String, Set<String>> mentions = new HashMap<>();
    private final Set<String> topLevelTypes = new HashSet<>();
    private final Map<String, Integer> plainRecords = new HashMap<>();
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, Integer> creations = new HashMap<>();
    private int ownLines;
    private int codeLines;
    private int booleanParameters;
    private int longFiles;

    private Census(Path top) {
        this.top = top;
    }

    /** Counts the folder that is named, or this one. */
    static void main(String[] arguments) throws IOException {
        Census census = new Census(Path.of(arguments.length == 0 ? "." : arguments[0]));
        census.count();
        census.print();
    }

    private void count() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(top)) {
            files = all.filter(this::isSource).sorted().toList();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager disk = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    disk,
                                    null,
                                    null,
                                    null,
                                    disk.getJavaFileObjectsFromPaths(files));
            for (CompilationUnitTree unit : task.parse()) {
                count(unit);
            }
        }
    }

    private boolean isSource(Path file) {
        String path = top.relativize(file).toString();
        return path.endsWith(".java")
                && path.matches(".*src/(main|test)/java/.*")
                && !path.contains("target/")
                && !path.endsWith("package-info.java");
    }

    private void count(CompilationUnitTree unit) {
        Path file = Path.of(unit.getSourceFile().toUri());
        String path = top.toAbsolutePath().normalize().relativize(file).toString();
        boolean main = path.contains("src/main/java/");
        if (main) {
            List<String> text = read(file);
            int lines = text.size();
            ownLines += (int) text.stream().filter(Census::isOwn).count();
            codeLines += (int) text.stream().filter(Census::isCode).count();
            linesOfModules.merge(path.substring(0, path.indexOf("src/")), lines, Integer::sum);
            filesOfPackages.merge(unit.getPackageName().toString(), 1, Integer::sum);
            longFiles += lines > LONGEST_FILE ? 1 : 0;
        }
        unit.getTypeDecls().stream()
                .filter(ClassTree.class::isInstance)
                .map(type -> ((ClassTree) type).getSimpleName().toString())
                .filter(_ -> main)
                .forEach(topLevelTypes::add);
        new Counter(path, main).scan(unit, null);
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Imports and blank lines come and go with moves. */
    private static boolean isOwn(String line) {
        return !line.isBlank() && !line.startsWith("import ") && !line.startsWith("package ");
    }

    private static boolean isCode(String line) {
        return isOwn(line) && !line.strip().startsWith("*") && !line.strip().startsWith("/");
    }

    private void print() {
        linesOfModules.forEach((name, lines) -> row("lines of main code, " + name, lines));
        row("lines of main code", linesOfModules.values().stream().mapToInt(n -> n).sum());
        row("lines of main code, without imports and blank lines", ownLines);
        row("the same without comments", codeLines);
        row("types of main code", types.size());
        row("top-level types that one other file mentions", mentionedOnce());
        row("simple names that more than two types have", shared().size());
        row("boolean parameters of main code", booleanParameters);
        row("records that only bundle arguments", bundles().size());
        row("packages of more than 25 files", large());
        row("files of main code over " + LONGEST_FILE + " lines", longFiles);
        System.out.println("shared names: " + String.join(" ", shared()));
        System.out.println("bundles: " + String.join(" ", bundles()));
    }

    private static void row(String what, long count) {
        System.out.printf("%-60s %8d%n", what, count);
    }

    private long mentionedOnce() {
        return topLevelTypes.stream()
                .filter(name -> mentions.getOrDefault(name, Set.of()).size() == 2)
                .count();
    }

    private List<String> shared() {
        return namesOfTypes.entrySet().stream()
                .filter(entry -> entry.getValue() > 2)
                .map(entry -> entry.getKey() + ":" + entry.getValue())
                .sorted()
                .toList();
    }

    /** Records without a method that are made in one place, to be the argument of one call. */
    private List<String> bundles() {
        return plainRecords.entrySet().stream()
                .filter(entry -> entry.getValue() > 2)
                .map(Map.Entry::getKey)
                .filter(name -> uses.getOrDefault(name, 0) == 1)
                .filter(name -> creations.getOrDefault(name, 0) == 1)
                .sorted()
                .collect(Collectors.toList());
    }

    private long large() {
        return filesOfPackages.values().stream().filter(count -> count > 25).count();
    }

    private final class Counter extends TreeScanner<Void, Void> {
        private final String path;
        private final boolean main;

        Counter(String path, boolean main) {
            this.path = path;
            this.main = main;
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            String name = type.getSimpleName().toString();
            if (!name.isEmpty()) {
                namesOfTypes.merge(name, 1, Integer::sum);
                mention(name);
            }
            if (main && !name.isEmpty()) {
                types.add(name);
                if (type.getKind() == Tree.Kind.RECORD && methods(type) == 0) {
                    plainRecords.put(name, components(type));
                }
            }
            return super.visitClass(type, null);
        }

        private void mention(String name) {
            if (main) {
                mentions.computeIfAbsent(name, _ -> new HashSet<>()).add(path);
            }
        }

        @Override
        public Void visitIdentifier(IdentifierTree identifier, Void nothing) {
            mention(identifier.getName().toString());
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            if (main) {
                for (VariableTree parameter : method.getParameters()) {
                    String type = String.valueOf(parameter.getType());
                    booleanParameters += type.equals("boolean") ? 1 : 0;
                    uses.merge(type.substring(type.lastIndexOf('.') + 1), 1, Integer::sum);
                }
            }
            return super.visitMethod(method, null);
        }

        @Override
        public Void visitNewClass(NewClassTree creation, Void nothing) {
            if (main) {
                String type = creation.getIdentifier().toString();
                creations.merge(type.substring(type.lastIndexOf('.') + 1), 1, Integer::sum);
            }
            return super.visitNewClass(creation, null);
        }

        private static long methods(ClassTree type) {
            return type.getMembers().stream().filter(MethodTree.class::isInstance).count();
        }

        private static int components(ClassTree type) {
            return (int)
                    type.getMembers().stream()
                            .filter(VariableTree.class::isInstance)
                            .filter(
                                    field ->
                                            !((VariableTree) field)
                                                    .getModifiers()
                                                    .getFlags()
                                                    .contains(Modifier.STATIC))
                            .count();
        }
    }
}
