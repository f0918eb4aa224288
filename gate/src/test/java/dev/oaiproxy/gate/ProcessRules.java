package dev.oaiproxy.gate;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Effects of a test source on the whole process, and reads of its state. Other classes run in the
 * same process, so such a class has to run alone.
 */
final class ProcessRules extends TreeScanner<@Nullable Void, @Nullable Void> {
    /** The patterns, and the helpers of {@link #HELPERS}, whose users count as well. */
    private static final Pattern OF_THE_PROCESS =
            Pattern.compile(
                    "System\\.(set|clear)\\w+"
                            + "|(Locale|TimeZone|Authenticator|ProxySelector)\\.setDefault"
                            + "|URL\\.setURLStreamHandlerFactory"
                            + "|Thread\\.(setDefaultUncaughtExceptionHandler|getAllStackTraces"
                            + "|activeCount)"
                            + "|Security\\.(set|add|insert|remove)\\w+"
                            + "|ManagementFactory\\.\\w+"
                            + "|ProcessHandle\\.current\\(\\)\\.(children|descendants)"
                            + "|Runtime\\.getRuntime\\(\\)\\.(total|free)Memory"
                            + "|LogManager\\.getLogManager(\\(\\)\\.\\w+)?"
                            + "|Logger\\.getLogger(\\(.*\\)\\.(add|remove|set)\\w+)?"
                            + "|Logs\\.start");

    /** Helpers with such effects; their callers have to run alone. */
    private static final Set<String> HELPERS = Set.of("CapturedLog.java");

    private static final Set<String> ALONE = Set.of("Isolated", "ResourceLock");

    private final Source source;
    private final List<Finding> findings = new ArrayList<>();
    private boolean alone;

    private ProcessRules(Source source) {
        this.source = source;
    }

    static List<Finding> check(Source source) {
        ProcessRules rules = new ProcessRules(source);
        rules.scan(source.unit(), null);
        return rules.alone || HELPERS.contains(source.fileName()) ? List.of() : rules.findings;
    }

    @Override
    public @Nullable Void visitAnnotation(AnnotationTree tree, @Nullable Void nothing) {
        alone |= ALONE.contains(tree.getAnnotationType().toString());
        return super.visitAnnotation(tree, null);
    }

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree tree, @Nullable Void nothing) {
        String method = tree.getMethodSelect().toString();
        if (OF_THE_PROCESS.matcher(method).matches()) {
            String mend = " is about the whole process, where other tests run: add @Isolated";
            findings.add(source.finding(Rule.PROCESS, tree, method + mend));
        }
        return super.visitMethodInvocation(tree, null);
    }
}
