package dev.oaiproxy.gate;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.SourcePositions;
import java.util.List;
import java.util.Objects;

/**
 * One parsed source file.
 *
 * @param path the path from the top of the repository, with slashes
 * @param lines its lines
 */
record Source(
        String path, List<String> lines, CompilationUnitTree unit, SourcePositions positions) {
    /** The name of its package. */
    String packageName() {
        return Objects.requireNonNull(unit.getPackage(), path).getPackageName().toString();
    }

    /** Its package as the rules call it, such as {@code metering.price}. */
    String place() {
        return ImportTable.place(packageName());
    }

    boolean isMain() {
        return path.contains("src/main/java/");
    }

    String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    boolean isPackageInfo() {
        return path.endsWith("/package-info.java");
    }

    /** The line that a tree begins in, counted from 1. */
    long line(Tree tree) {
        return unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
    }

    /** The line that a tree ends in. */
    long lastLine(Tree tree) {
        return unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
    }

    Finding finding(Rule rule, Tree where, String mend) {
        return new Finding(rule, path, line(where), mend);
    }
}
