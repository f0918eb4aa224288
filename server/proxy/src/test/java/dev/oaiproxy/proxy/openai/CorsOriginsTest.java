package dev.oaiproxy.proxy.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The syntax of origins in the settings, and their matching. */
@Tag("fast")
final class CorsOriginsTest {
    @Test
    void comparesOriginsAsBrowsersWriteThem() {
        CorsOrigins origins =
                CorsOrigins.parse(
                        " https://Chat.Example.org/ ,http://localhost:3000,https://a:443,"
                                + "http://[::1]:80, chrome-extension://abc,");
        assertThat(origins.isEmpty()).isFalse();
        assertThat(origins.allows("https://chat.example.org")).isTrue();
        assertThat(origins.allows("http://localhost:3000")).isTrue();
        assertThat(origins.allows("https://a")).isTrue();
        assertThat(origins.allows("http://[::1]")).isTrue();
        assertThat(origins.allows("chrome-extension://abc")).isTrue();
        assertThat(origins.allows("http://localhost")).isFalse();
        assertThat(origins.allows("http://a")).isFalse();
        assertThat(origins.allows("null")).isFalse();
        assertThat(CorsOrigins.parse("null").allows("null")).isTrue();
        assertThat(CorsOrigins.parse(" ").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chat.example.org",
                "https://chat.example.org/app",
                "https://*.example.org",
                "https://me:pass@example.org",
                "https://",
                "https://a https://b",
                "https://a?b"
            })
    void refusesWhatIsNoOrigin(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> CorsOrigins.parse(text));
    }
}
