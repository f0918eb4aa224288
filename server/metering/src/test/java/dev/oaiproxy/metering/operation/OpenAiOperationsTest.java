package dev.oaiproxy.metering.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.operation.Operation.Free;
import dev.oaiproxy.metering.operation.Operation.Metered;
import dev.oaiproxy.metering.operation.Operation.Refused;
import dev.oaiproxy.metering.operation.Operation.Treatment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** OpenAI's whole API against the catalogue. */
@Tag("fast")
class OpenAiOperationsTest {
    private static final Set<String> ADMINISTRATION =
            Set.of("organization", "projects", "vaults", "webhook_endpoints");

    private static final String[] DISGUISES = {
        "/",
        "//",
        "/./",
        "/../",
        "/x/../",
        "/%2e/",
        "/%2E%2e/",
        "%2f",
        "%5c",
        "\\",
        ";",
        "?",
        "#",
        "%00",
        "\u0000",
        " ",
        "/.",
        "/..;/",
        "\u212a",
        "%c0%af",
        "\t"
    };

    private final Catalogue catalogue = Catalogue.bundled(Set.of());
    private final Catalogue open = Catalogue.bundled(Set.of("fine-tuning.allow"));

    @Test
    void everyOperationHasAnEntry() {
        assertThat(OpenAiOperations.rows()).hasSize(396);
        assertThat(OpenAiOperations.rows())
                .allSatisfy(row -> assertThat(match(row)).isInstanceOf(OperationMatch.Found.class));
    }

    @Test
    void everyEntryIsAnOperation() {
        List<String> known =
                OpenAiOperations.rows().stream()
                        .map(row -> row.method() + " " + shape(row.path()))
                        .toList();
        assertThat(OperationsFile.bundled().allowed())
                .allSatisfy(line -> assertThat(known).contains(shape(line.name())));
    }

    @Test
    void noAdministrationIsEverPassedOn() {
        assertThat(OpenAiOperations.rows().stream().filter(row -> row.kind().equals("admin")))
                .hasSizeGreaterThan(160)
                .allSatisfy(row -> assertThat(treatment(row)).isInstanceOf(Refused.class));
    }

    @Test
    void whatIsBilledIsMeteredOrRefused() {
        assertThat(OpenAiOperations.rows().stream().filter(row -> row.kind().equals("billable")))
                .noneSatisfy(row -> assertThat(treatment(row)).isInstanceOf(Free.class));
    }

    @Test
    void everyMeterHasAnOperation() {
        EnumSet<Meter> used = EnumSet.noneOf(Meter.class);
        for (OpenAiOperations.Row row : OpenAiOperations.rows()) {
            if (found(open, row).treatment() instanceof Metered metered) {
                used.add(metered.meter());
            }
        }
        assertThat(used).isEqualTo(EnumSet.allOf(Meter.class));
    }

    @Test
    void everyPassedVariableHasAnOwner() {
        assertThat(OpenAiOperations.rows().stream().filter(row -> row.path().contains("{")))
                .allSatisfy(
                        row -> {
                            Operation operation = found(open, row);
                            if (!(operation.treatment() instanceof Refused)) {
                                assertThat(operation.subjects().owned()).isNotNull();
                            }
                        });
    }

    @Test
    void everyRefusalSaysWhyInASentence() {
        assertThat(OperationsFile.bundled().refused())
                .allSatisfy(refusal -> assertThat(refusal.why()).matches("[A-Z].* .*\\."));
    }

    @Test
    void noDisguiseOfAPathIsTreatedOtherwiseThanAsUnknown() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<OpenAiOperations.Row> rows = OpenAiOperations.rows();
        for (int i = 0; i < 50_000; i++) {
            OpenAiOperations.Row row = rows.get(random.nextInt(rows.size()));
            String disguised = disguised(row.example(), random);
            OperationMatch operationMatch = catalogue.match(row.method(), disguised);
            assertThat(operationMatch)
                    .as("seed %d: %s %s", seed, row.method(), disguised)
                    .satisfiesAnyOf(
                            none -> assertThat(none).isInstanceOf(OperationMatch.Unknown.class),
                            same ->
                                    assertThat(same)
                                            .as("a plain path")
                                            .matches(one -> isPlain(disguised)),
                            refused ->
                                    assertThat(
                                                    ((OperationMatch.Found) refused)
                                                            .operation()
                                                            .treatment())
                                            .isInstanceOf(Refused.class));
        }
    }

    @Test
    void noPathThatReachesAdministrationWhenResolvedIsPassedOn() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            String path = "/" + pick(random, ADMINISTRATION) + "/x";
            String sent = random.nextBoolean() ? disguised(path, random) : climbing(path, random);
            OperationMatch operationMatch =
                    catalogue.match(random.nextBoolean() ? "GET" : "POST", sent);
            if (operationMatch instanceof OperationMatch.Found found) {
                assertThat(found.operation().treatment())
                        .as("seed %d: %s", seed, sent)
                        .isInstanceOf(Refused.class);
            }
        }
    }

    /** The path with an addition that some parsers remove and others keep. */
    private static String disguised(String path, Random random) {
        List<Integer> slashes = new ArrayList<>();
        for (int at = 0; at >= 0; at = path.indexOf('/', at + 1)) {
            slashes.add(at);
        }
        int slash = slashes.get(random.nextInt(slashes.size()));
        String odd = DISGUISES[random.nextInt(DISGUISES.length)];
        return switch (random.nextInt(5)) {
            case 0 -> path + odd;
            case 1 -> path.substring(0, slash) + odd + path.substring(slash);
            case 2 -> path.substring(0, slash) + odd + path.substring(slash + 1);
            case 3 -> encoded(path, 1 + random.nextInt(path.length() - 1));
            default -> path.toUpperCase(Locale.ROOT);
        };
    }

    private static String encoded(String path, int at) {
        return path.substring(0, at)
                + "%%%02x".formatted((int) path.charAt(at))
                + path.substring(at + 1);
    }

    private static String climbing(String path, Random random) {
        String[] up = {"..", "%2e%2e", ".%2e", "..;", "..%2f", "%252e%252e", "..\\"};
        return "/models/" + up[random.nextInt(up.length)] + path;
    }

    /** True if every parser reads the path in the same way. */
    private static boolean isPlain(String path) {
        return path.matches("(/(?!\\.+(/|$))[a-zA-Z0-9_.-]+)+");
    }

    private static String pick(Random random, Set<String> from) {
        return from.stream().sorted().skip(random.nextInt(from.size())).findFirst().orElseThrow();
    }

    private OperationMatch match(OpenAiOperations.Row row) {
        return match(catalogue, row);
    }

    private static OperationMatch match(Catalogue from, OpenAiOperations.Row row) {
        return row.isSocket()
                ? from.socket(row.example())
                : from.match(row.method(), row.example());
    }

    private Treatment treatment(OpenAiOperations.Row row) {
        return found(catalogue, row).treatment();
    }

    private static Operation found(Catalogue from, OpenAiOperations.Row row) {
        return ((OperationMatch.Found) match(from, row)).operation();
    }

    private static String shape(String path) {
        return path.replaceAll("\\{[a-z_]+}", "{}");
    }
}
