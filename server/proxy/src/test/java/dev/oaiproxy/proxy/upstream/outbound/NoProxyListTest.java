package dev.oaiproxy.proxy.upstream.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("fast")
final class NoProxyListTest {
    @ParameterizedTest
    @CsvSource({
        "'', api.openai.com, false",
        "*, api.openai.com, true",
        "api.openai.com, api.openai.com, true",
        "API.OpenAI.com, api.openai.com, true",
        "openai.com, api.openai.com, true",
        ".openai.com, api.openai.com, true",
        "*.openai.com, api.openai.com, true",
        "penai.com, api.openai.com, false",
        "api.openai.com.evil.org, api.openai.com, false",
        "api.openai.com:443, api.openai.com, true",
        "api.openai.com:8443, api.openai.com, false",
        "'localhost, ,openai.com', api.openai.com, true",
        "'a b', b, true",
        "10.1.2.3, 10.1.2.3, true",
        "10.0.0.0/8, 10.1.2.3, true",
        "10.0.0.0/8, 11.1.2.3, false",
        "10.0.0.0/8, 10.example.com, false",
        "10.0.0.0/0, 99.1.2.3, true",
        "10.0.0.0/x, 10.1.2.3, false",
        "10.1.2.3:443, 10.1.2.3, true",
        "10.1.2.3:80, 10.1.2.3, false",
        "::1, [::1], true",
        "[::1], [::1], true",
        "[::1]:443, [::1], true",
        "[::1]:80, [::1], false",
        "fd00::/8, [fd12::1], true",
        "fd00::/8, [fe12::1], false",
        "10.0.0.0/8, [::1], false",
    })
    void listsHostsAsOtherProgramsDo(String list, String host, boolean covered) {
        assertThat(new NoProxyList(list).covers(host, 443)).isEqualTo(covered);
    }
}
