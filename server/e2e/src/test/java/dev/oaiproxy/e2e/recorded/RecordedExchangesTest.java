package dev.oaiproxy.e2e.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.e2e.recorded.RecordedExchange.Step;
import dev.oaiproxy.metering.operation.Catalogue;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.operation.Operation.Metered;
import dev.oaiproxy.metering.operation.OperationMatch;
import dev.oaiproxy.metering.operation.OperationsFile;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every billable operation has a recorded exchange with OpenAI. */
@Tag("fast")
final class RecordedExchangesTest {
    private static final Set<String> SWITCHED_ON = Set.of("fine-tuning.allow");

    private final Catalogue catalogue = Catalogue.bundled(SWITCHED_ON);

    private String operation(Step step) {
        OperationMatch operationMatch =
                step.method().equals(Operation.WEB_SOCKET)
                        ? catalogue.socket(step.path())
                        : catalogue.match(step.method(), step.path());
        return operationMatch instanceof OperationMatch.Found found ? label(found.operation()) : "";
    }

    private static String label(Operation operation) {
        return operation.method() + " " + operation.path();
    }

    @Test
    void eachMeteredOperationIsWrittenDownOnceAtLeast() {
        Set<String> metered =
                OperationsFile.bundled().operations(SWITCHED_ON).stream()
                        .filter(operation -> operation.treatment() instanceof Metered)
                        .map(RecordedExchangesTest::label)
                        .collect(Collectors.toSet());
        Set<String> written =
                RecordedExchange.all().stream()
                        .flatMap(recordedExchange -> recordedExchange.steps().stream())
                        .map(this::operation)
                        .collect(Collectors.toSet());
        assertThat(metered).hasSizeGreaterThan(20);
        assertThat(written).containsAll(metered);
    }
}
