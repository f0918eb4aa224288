package dev.oaiproxy.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.gate.ShapeRules.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the import table, the sizes and the names over the sources of all modules. */
final class SourceRulesTest {
    private static final int MEDIAN_METHOD = 6;
    private static final int NINTH_DECILE_METHOD = 18;
    private static final int MEDIAN_FILE = 100;

    private static final Repository REPOSITORY = Repository.ours();
    private static final List<Source> SOURCES = REPOSITORY.sources();
    private static final List<Source> PRODUCT = SOURCES.stream().filter(Source::isMain).toList();
    private static final List<Shape> SHAPES = SOURCES.stream().map(ShapeRules::check).toList();

    @TestFactory
    List<DynamicTest> everyFileKeepsTheRule() {
        List<Finding> findings = findings();
        List<DynamicTest> tests = new ArrayList<>();
        for (Rule rule : Rule.values()) {
            List<Finding> ofRule = findings.stream().filter(f -> f.rule() == rule).toList();
            tests.add(
                    DynamicTest.dynamicTest(
                            rule.toString(),
                            () -> assertThat(Allowances.unsettled(rule, ofRule)).isEmpty()));
        }
        return tests;
    }

    @Test
    void readsAllModules() {
        assertThat(PRODUCT)
                .extracting(Source::path)
                .contains(
                        "cli/src/main/java/dev/oaiproxy/cli/package-info.java",
                        "server/metering/src/main/java/dev/oaiproxy/metering/money/Usd.java",
                        "server/api/src/main/java/dev/oaiproxy/api/AdminApi.java");
    }

    @Test
    void methodsOfTheProductAreShort() {
        List<Integer> lengths =
                SHAPES.stream()
                        .filter(shape -> shape.source().isMain())
                        .flatMap(shape -> shape.methodLengths().stream())
                        .sorted()
                        .toList();
        assertThat(quantile(lengths, 0.5))
                .as("median length of a method; split the longest")
                .isLessThanOrEqualTo(MEDIAN_METHOD);
        assertThat(quantile(lengths, 0.9))
                .as("length that 90 % of methods keep; split the longest")
                .isLessThanOrEqualTo(NINTH_DECILE_METHOD);
    }

    @Test
    void filesOfTheProductAreShort() {
        List<Integer> lengths =
                PRODUCT.stream()
                        .filter(source -> !source.isPackageInfo())
                        .map(source -> source.lines().size())
                        .sorted()
                        .toList();
        assertThat(quantile(lengths, 0.5))
                .as("median length of a file; split the longest")
                .isLessThanOrEqualTo(MEDIAN_FILE);
    }

    private static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>(new MachineRules(REPOSITORY).check());
        SHAPES.forEach(shape -> findings.addAll(shape.findings()));
        PRODUCT.forEach(source -> findings.addAll(ReferenceRules.check(source)));
        SOURCES.stream()
                .filter(source -> !source.isMain())
                .forEach(source -> findings.addAll(ProcessRules.check(source)));
        allowOneEnd(findings, "dev/oaiproxy/cli/Main.java");
        // A server after a fatal error must not run shutdown hooks.
        allowOneEnd(findings, "dev/oaiproxy/app/boot/Main.java");
        findings.addAll(packagesWithoutInfo());
        findings.addAll(PackageSizes.check(SOURCES));
        findings.addAll(Glossary.check(SOURCES));
        return findings;
    }

    private static void allowOneEnd(List<Finding> findings, String file) {
        findings.stream()
                .filter(finding -> finding.rule() == Rule.ONE_EXIT)
                .filter(finding -> finding.file().endsWith(file))
                .min(Comparator.comparingLong(Finding::line))
                .ifPresent(findings::remove);
    }

    private static List<Finding> packagesWithoutInfo() {
        Set<String> bare = new TreeSet<>();
        PRODUCT.forEach(source -> bare.add(folder(source)));
        PRODUCT.stream()
                .filter(Source::isPackageInfo)
                .filter(source -> source.lines().contains("@NullMarked"))
                .forEach(source -> bare.remove(folder(source)));
        String mend = "has no package-info.java with @NullMarked; write one";
        return bare.stream()
                .map(folder -> new Finding(Rule.PACKAGE_INFO, folder, 1, mend))
                .toList();
    }

    private static String folder(Source source) {
        return source.path().substring(0, source.path().lastIndexOf('/'));
    }

    private static int quantile(List<Integer> sorted, double share) {
        return sorted.get((int) (share * (sorted.size() - 1)));
    }
}
