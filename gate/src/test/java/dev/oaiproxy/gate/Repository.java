package dev.oaiproxy.gate;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The files of the repository, as they are on the disk. */
final class Repository {
    /** Folders with foreign files: build results, downloads, and output of runs. */
    private static final Set<String> FOREIGN =
            Set.of("target", ".git", ".idea", ".vscode", "spool", "node_modules");

    private final Path top;

    Repository(Path top) {
        this.top = top;
    }

    /** The repository of this module. */
    static Repository ours() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("sample.env"))) {
            top = Objects.requireNonNull(top.getParent(), "no sample.env above this module");
        }
        return new Repository(top);
    }

    /** All files, in the order of their paths. */
    List<Path> files() {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(top, new Collector(files));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        files.sort(null);
        return files;
    }

    String relative(Path file) {
        return top.relativize(file).toString().replace('\\', '/');
    }

    /** Every Java source of every module, parsed. */
    List<Source> sources() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Path> paths =
                files().stream().filter(path -> path.toString().endsWith(".java")).toList();
        try (StandardJavaFileManager disk =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    disk,
                                    null,
                                    null,
                                    null,
                                    disk.getJavaFileObjectsFromPaths(paths));
            List<Source> sources = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                sources.add(source(unit, Trees.instance(task)));
            }
            return sources;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Source source(CompilationUnitTree unit, Trees trees) throws IOException {
        Path path = Path.of(unit.getSourceFile().toUri());
        return new Source(
                relative(path), Files.readAllLines(path), unit, trees.getSourcePositions());
    }

    private static final class Collector extends SimpleFileVisitor<Path> {
        private final List<Path> files;

        Collector(List<Path> files) {
            this.files = files;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return FOREIGN.contains(folder.getFileName().toString())
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(file);
            return FileVisitResult.CONTINUE;
        }
    }
}
