package dev.oaiproxy.e2e.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Http;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Message;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Talk;
import dev.oaiproxy.metering.price.book.PriceBook;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A response whose model has no price is charged at its whole hold. */
@Tag("fast")
final class RecordedModelsTest {
    private static final PriceBook SHIPPED = PriceBook.load(Checkout.file("config/prices.yaml"));

    private static Stream<JsonNode> values(RecordedExchange.Step step) {
        return switch (step) {
            case Http http -> JsonShape.values(http.answered(), http.answered().bytes()).stream();
            case Talk talk ->
                    talk.messages().stream()
                            .filter(message -> !message.fromClient())
                            .map(Message::json)
                            .map(HttpTestClient::json);
        };
    }

    @Test
    void theShippedPriceBookKnowsEachModelThatAnswersName() {
        Set<String> named =
                RecordedExchange.all().stream()
                        .flatMap(recordedExchange -> recordedExchange.steps().stream())
                        .flatMap(RecordedModelsTest::values)
                        .flatMap(json -> json.findValuesAsText("model").stream())
                        .filter(name -> !name.isEmpty() && !name.equals("null"))
                        .collect(Collectors.toSet());
        List<String> unknown =
                named.stream()
                        .filter(
                                name ->
                                        SHIPPED.find(name, InstantSource.system().instant())
                                                .isEmpty())
                        .toList();
        assertThat(named).contains("gpt-3.5-turbo-instruct:20230824-v2", "gpt-4o-2024-08-06");
        assertThat(unknown).isEmpty();
    }
}
