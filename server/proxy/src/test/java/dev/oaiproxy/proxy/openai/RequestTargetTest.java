package dev.oaiproxy.proxy.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parsing of request targets. */
@Tag("fast")
final class RequestTargetTest {
    @ParameterizedTest
    @CsvSource({
        "/v1/models/ft%3Agpt-4o-mini%3Aacme%3A%3Aabc, /models/ft:gpt-4o-mini:acme::abc",
        "/v1/models/ft%3agpt-4o, /models/ft:gpt-4o",
        "/v1/models/gpt%2D4%2E1, /models/gpt-4.1",
        "/v1/models/%67pt, /models/gpt",
        "/v1/models/a%40b, /models/a@b",
        "/v1/models/plain, /models/plain"
    })
    void writesIdsPlainly(String raw, String path) {
        assertThat(RequestTarget.of(raw)).isEqualTo(new RequestTarget(null, path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/files/a%2Fb", "/files/a%2fb", "/files/a%5Cb", "/files/a%00", "/files/a%0d%0a",
                "/files/a%253Ab", "/files/a%25", "/files/a%3Fb", "/files/a%23b", "/files/a%3Bb",
                "/files/a%20b", "/files/a%C3%A9", "/files/a%", "/files/a%4", "/files/a%zz",
                "/files/a%+4", "/files/a%%3A41"
            })
    void leavesWhatWouldMeanSomethingElse(String path) {
        String left = RequestTarget.of("/v1" + path).path();
        assertThat(left).isEqualTo(path.replace("%3A41", ":41"));
        assertThat(left).contains("%");
    }

    @ParameterizedTest
    @CsvSource({
        "/sk-oap-abc/v1/models, sk-oap-abc, /models",
        "/sk-proj-abc/v1/models/a%3Ab, sk-proj-abc, /models/a:b",
        "/sk-oap-abc/me, sk-oap-abc, /me"
    })
    void findsTheKeyInAPath(String raw, String key, String path) {
        assertThat(RequestTarget.of(raw)).isEqualTo(new RequestTarget(key, path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/chat/completions",
                "/openai/v1/chat/completions",
                "/openai/deployments/gpt-4o/chat/completions",
                "/api/me",
                "/chat/completions",
                "/v1",
                "/%76%31/models",
                "/sk-oap-abc/v2/models",
                "/sk-oap-abc",
                "/",
                "*"
            })
    void leadsNowhereElse(String raw) {
        assertThat(RequestTarget.of(raw)).isEqualTo(new RequestTarget(null, null));
    }
}
