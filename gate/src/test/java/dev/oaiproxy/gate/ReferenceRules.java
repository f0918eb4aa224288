package dev.oaiproxy.gate;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.PrimitiveTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.type.TypeKind;
import org.jspecify.annotations.Nullable;

/** The references of one source of the product: packages, outside things, the clock, doubles. */
final class ReferenceRules extends TreeScanner<@Nullable Void, @Nullable Void> {
    private static final Pattern NAME = Pattern.compile("[\\w.*]+");
    private static final Pattern EXIT =
            Pattern.compile("(System|Runtime\\.getRuntime\\(\\))\\.(exit|halt)");
    private static final Pattern CLOCK =
            Pattern.compile(
                    "System\\.currentTimeMillis|(Clock|InstantSource)\\.(system|tick)\\w*"
                            + "|(Instant|\\w*Date|\\w*DateTime|LocalTime|Year|YearMonth)\\.now");
    private static final Pattern FLOATING =
            Pattern.compile("Double|Float|(double|float)Value|\\w+(Double|Float)(s|Value)?");
    private static final Set<String> CLOCK_OWNERS = Set.of("Wiring.java", "Main.java");
    private static final Set<String> EXACT =
            Set.of(
                    "metering.money",
                    "metering.price",
                    "metering.price.book",
                    "ledger.account",
                    "ledger.ledger",
                    "proxy.quota",
                    "ledger.store",
                    "ledger.store.sql",
                    "ledger.store.connection",
                    "ledger.store.write",
                    "ledger.store.table",
                    "ledger.store.node",
                    "ledger.store.report",
                    "ledger.store.copy");

    private final Source source;
    private final List<Finding> findings = new ArrayList<>();

    private ReferenceRules(Source source) {
        this.source = source;
    }

    static List<Finding> check(Source source) {
        ReferenceRules rules = new ReferenceRules(source);
        rules.scan(source.unit(), null);
        return rules.findings;
    }

    @Override
    public @Nullable Void visitPackage(PackageTree tree, @Nullable Void nothing) {
        return null;
    }

    @Override
    public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
        String name = tree.toString();
        noFloatingPoint(tree, tree.getIdentifier().toString());
        if (!NAME.matcher(name).matches()) {
            return super.visitMemberSelect(tree, null);
        }
        ImportTable.objection(source, name).ifPresent(why -> find(Rule.IMPORTS, tree, why));
        ImportTable.outsideObjection(source, name)
                .ifPresent(why -> find(Rule.ONE_PLACE, tree, why));
        return null;
    }

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree tree, @Nullable Void nothing) {
        String method = tree.getMethodSelect().toString();
        if (EXIT.matcher(method).matches()) {
            find(
                    Rule.ONE_EXIT,
                    tree,
                    "only the two Mains end the process, each once; return an exit code");
        }
        if (CLOCK.matcher(method).matches() && tree.getArguments().isEmpty() && !ownsClock()) {
            find(Rule.CLOCK, tree, method + "() reads the machine's clock; take a Clock instead");
        }
        return super.visitMethodInvocation(tree, null);
    }

    @Override
    public @Nullable Void visitPrimitiveType(PrimitiveTypeTree tree, @Nullable Void nothing) {
        TypeKind kind = tree.getPrimitiveTypeKind();
        if (kind == TypeKind.DOUBLE || kind == TypeKind.FLOAT) {
            noFloatingPoint(tree, "Double");
        }
        return null;
    }

    @Override
    public @Nullable Void visitIdentifier(IdentifierTree tree, @Nullable Void nothing) {
        noFloatingPoint(tree, tree.getName().toString());
        return null;
    }

    @Override
    public @Nullable Void visitLiteral(LiteralTree tree, @Nullable Void nothing) {
        if (tree.getValue() instanceof Double || tree.getValue() instanceof Float) {
            noFloatingPoint(tree, "Double");
        }
        return null;
    }

    private boolean ownsClock() {
        return CLOCK_OWNERS.contains(source.fileName()) || source.place().equals("sandbox");
    }

    private void noFloatingPoint(Tree tree, String name) {
        if (EXACT.contains(source.place()) && FLOATING.matcher(name).matches()) {
            find(
                    Rule.FLOATING_POINT,
                    tree,
                    "no double or float near money; use long or BigDecimal");
        }
    }

    private void find(Rule rule, Tree where, String mend) {
        findings.add(source.finding(rule, where, mend));
    }
}
