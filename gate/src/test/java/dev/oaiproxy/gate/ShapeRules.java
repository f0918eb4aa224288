package dev.oaiproxy.gate;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/** The sizes and names of what one source declares. */
final class ShapeRules extends TreeScanner<@Nullable Void, @Nullable Void> {
    static final int LONGEST_METHOD = 50;
    static final int LONGEST_FILE = 400;
    static final int WIDEST_LINE = 100;
    static final int MOST_PARAMETERS = 4;

    /**
     * The limit for constructors: the dependencies of a long-lived object need no record of the
     * domain.
     */
    static final int MOST_DEPENDENCIES = 7;

    private static final Set<String> EMPTY_WORDS =
            Set.of(
                    "Manager",
                    "Helper",
                    "Helpers",
                    "Util",
                    "Utils",
                    "Utility",
                    "Utilities",
                    "Impl",
                    "Base",
                    "Abstract",
                    "Processor",
                    "Data",
                    "Info");
    private static final Pattern WORDS = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final Pattern BEAN = Pattern.compile("[gs]et[A-Z].*");

    private final Source source;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Integer> methodLengths = new ArrayList<>();

    private @Nullable ClassTree enclosing;

    private ShapeRules(Source source) {
        this.source = source;
    }

    /** The violations of rules, and the length of each method with a body. */
    record Shape(Source source, List<Finding> findings, List<Integer> methodLengths) {}

    static Shape check(Source source) {
        ShapeRules rules = new ShapeRules(source);
        rules.checkLines();
        rules.scan(source.unit(), null);
        return new Shape(source, rules.findings, rules.methodLengths);
    }

    private void checkLines() {
        int count = source.lines().size();
        if (count > LONGEST_FILE) {
            findings.add(
                    new Finding(
                            Rule.FILE_LENGTH,
                            source.path(),
                            count,
                            "over " + LONGEST_FILE + " lines; give a concern its own file"));
        }
        for (int i = 0; i < count; i++) {
            String line = source.lines().get(i);
            if (line.length() > WIDEST_LINE && !line.startsWith("import ")) {
                String mend = "over " + WIDEST_LINE + " columns; break the line";
                findings.add(new Finding(Rule.LINE_LENGTH, source.path(), i + 1, mend));
            }
        }
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, @Nullable Void nothing) {
        String name = tree.getSimpleName().toString();
        for (String word : Arrays.asList(WORDS.split(name))) {
            if (EMPTY_WORDS.contains(word)) {
                find(Rule.NAMES, tree, name + ": '" + word + "' says nothing; name what it does");
            }
        }
        if (tree.getKind() == Tree.Kind.CLASS && source.isMain() && isOpen(tree)) {
            find(Rule.OPEN_CLASS, tree, name + " is open; make it final, sealed or a record");
        }
        ClassTree outer = enclosing;
        enclosing = tree;
        super.visitClass(tree, null);
        enclosing = outer;
        return null;
    }

    @Override
    public @Nullable Void visitNewClass(NewClassTree tree, @Nullable Void nothing) {
        scan(tree.getArguments(), null);
        ClassTree anonymous = tree.getClassBody();
        return anonymous == null ? null : scan(anonymous.getMembers(), null);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree tree, @Nullable Void nothing) {
        String name = tree.getName().toString().replace("<init>", "the constructor");
        int most = tree.getReturnType() == null ? MOST_DEPENDENCIES : MOST_PARAMETERS;
        if (source.isMain()
                && tree.getParameters().size() > most
                && !isOverride(tree)
                && !isCanonical(tree)) {
            String mend = name + " has over " + most + " parameters; make them a record";
            find(Rule.PARAMETERS, tree, mend);
        }
        if (source.isMain() && BEAN.matcher(name).matches() && !isOverride(tree)) {
            find(Rule.NAMES, tree, name + ": name the thing itself, without get or set");
        }
        if (tree.getBody() != null) {
            checkLength(tree);
        }
        return super.visitMethod(tree, null);
    }

    private void checkLength(MethodTree tree) {
        Tree start = tree.getReturnType() == null ? tree.getBody() : tree.getReturnType();
        int length = (int) (source.lastLine(tree) - source.line(start) + 1);
        methodLengths.add(length);
        if (length > LONGEST_METHOD) {
            String mend = tree.getName() + " is " + length + " lines long; tell it in steps";
            find(Rule.METHOD_LENGTH, tree, mend);
        }
    }

    private static boolean isOpen(ClassTree tree) {
        Set<Modifier> modifiers = tree.getModifiers().getFlags();
        return !modifiers.contains(Modifier.FINAL) && !modifiers.contains(Modifier.SEALED);
    }

    /** True if it is the canonical constructor of a record. */
    private boolean isCanonical(MethodTree tree) {
        if (enclosing == null || enclosing.getKind() != Tree.Kind.RECORD) {
            return false;
        }
        long components =
                enclosing.getMembers().stream()
                        .filter(VariableTree.class::isInstance)
                        .map(VariableTree.class::cast)
                        .filter(field -> !field.getModifiers().getFlags().contains(Modifier.STATIC))
                        .count();
        return tree.getReturnType() == null && tree.getParameters().size() == components;
    }

    private static boolean isOverride(MethodTree tree) {
        return tree.getModifiers().getAnnotations().stream()
                .anyMatch(
                        annotation -> annotation.getAnnotationType().toString().equals("Override"));
    }

    private void find(Rule rule, Tree where, String mend) {
        findings.add(source.finding(rule, where, mend));
    }
}
