package dev.oaiproxy.metering.price.book;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("fast")
class RegionalUpliftTest {
    @ParameterizedTest
    @CsvSource({
        "AUTO, https://api.openai.com/v1, false",
        "AUTO, https://eu.api.openai.com/v1, true",
        "AUTO, https://US.api.openai.com/v1, true",
        "AUTO, https://fr.api.openai.com/v1, true",
        "AUTO, http://127.0.0.1:5001/v1, false",
        "AUTO, https://eu.api.openai.com.example.org/v1, false",
        "ON, http://127.0.0.1:5001/v1, true",
        "OFF, https://eu.api.openai.com/v1, false"
    })
    void appliesAtRegionalHosts(RegionalUplift uplift, URI openAi, boolean applies) {
        assertThat(uplift.appliesTo(openAi)).isEqualTo(applies);
    }
}
