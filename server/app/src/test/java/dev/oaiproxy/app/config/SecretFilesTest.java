package dev.oaiproxy.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.app.boot.SettingCheck;
import dev.oaiproxy.base.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets in files of their own; misspelt variables are reported. */
@Tag("fast")
final class SecretFilesTest {
    @TempDir Path home;

    private final Map<String, String> environment = new HashMap<>();

    private ServerConfig load() {
        environment.put("OAIPROXY_HOME", home.toString());
        return SettingCheck.require(ServerConfig.load(Checkout.top(), environment, Map.of()));
    }

    private void refuses(String... words) {
        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("hunter2")
                .satisfies(wrong -> assertThat(wrong.getMessage()).contains(words));
    }

    @ParameterizedTest
    @EnumSource(
            value = Setting.class,
            names = {"OPENAI_API_KEY", "PROXY_SERVER_PASS", "DB_PASSWORD", "OPENAI_PROXY"})
    void eachSecretCanStandInAFile(Setting setting) throws IOException {
        String secret = setting == Setting.OPENAI_PROXY ? "http://me:hunter2@proxy:1" : "hunter2";
        Path file = Files.writeString(home.resolve("secret"), secret + "\r\n\n");
        environment.put(setting.variable() + "_FILE", file.toString());
        assertThat(load().text(setting)).isEqualTo(secret);
    }

    @Test
    void noOtherKindOfSettingIsSecret() {
        assertThat(Setting.values())
                .filteredOn(Setting::isSecret)
                .extracting(Setting::variable)
                .containsExactly(
                        "OPENAI_API_KEY",
                        "OAIPROXY_OPENAI_PROXY",
                        "PROXY_SERVER_PASS",
                        "DB_PASSWORD");
        environment.put("OAIPROXY_PORT_FILE", "/port");
        refuses("unknown setting OAIPROXY_PORT_FILE");
    }

    @Test
    void theEnvFileCanNameOneBesideItself() throws IOException {
        Files.writeString(home.resolve("key"), "hunter2");
        Files.writeString(home.resolve(".env"), "OPENAI_API_KEY_FILE=key\n");
        assertThat(load().text(Setting.OPENAI_API_KEY)).isEqualTo("hunter2");
    }

    @Test
    void theEnvironmentIsStrongerThanTheEnvFile() throws IOException {
        Files.writeString(home.resolve("key"), "hunter2");
        Files.writeString(home.resolve(".env"), "OPENAI_API_KEY=other\n");
        environment.put("OPENAI_API_KEY_FILE", home.resolve("key").toString());
        assertThat(load().text(Setting.OPENAI_API_KEY)).isEqualTo("hunter2");
    }

    @Test
    void bothAreRefused() throws IOException {
        Path file = Files.writeString(home.resolve("key"), "hunter2");
        environment.put("OPENAI_API_KEY_FILE", file.toString());
        environment.put("OPENAI_API_KEY", "hunter2");
        refuses("both OPENAI_API_KEY and OPENAI_API_KEY_FILE are set", "remove one");
        environment.put("OPENAI_API_KEY", "");
        assertThat(load().text(Setting.OPENAI_API_KEY)).isEqualTo("hunter2");
    }

    @Test
    void aFileThatCannotBeTakenIsNamedByItsVariable() throws IOException {
        environment.put("DB_PASSWORD_FILE", "hunter2");
        refuses("DB_PASSWORD_FILE names a file that does not exist");
        environment.put("DB_PASSWORD_FILE", home.toString());
        refuses("DB_PASSWORD_FILE names a file that cannot be read");
        for (String text : new String[] {"", "\n", "a\nhunter2\n", "x".repeat(70_000)}) {
            Path file = Files.writeString(home.resolve("secret"), text);
            environment.put("DB_PASSWORD_FILE", file.toString());
            refuses("DB_PASSWORD_FILE names a file that is not one line");
        }
        Files.write(home.resolve("secret"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        refuses("DB_PASSWORD_FILE names a file that is no text");
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI_APIKEY, OPENAI_API_KEY",
        "OPENAI_API_KYE, OPENAI_API_KEY",
        "OPENAI_API_KEY_FLIE, OPENAI_API_KEY_FILE",
        "OPENAI_BASEURL, OPENAI_BASE_URL",
        "OPENAI_BASE, OPENAI_BASE_URL",
        "DB_PASWORD, DB_PASSWORD",
        "DB_USER, DB_USERNAME",
        "PROXY_SERVER_PASSS, PROXY_SERVER_PASS",
        "PROXY_SERVER_PAS_FILE, PROXY_SERVER_PASS_FILE",
        "OAIPROXY_PROT, OAIPROXY_PORT",
        "OAIPROXY_QUOTAWAIT, OAIPROXY_QUOTA_WAIT",
    })
    void aMisspeltVariableIsToldWhatItMayBe(String name, String meant) throws IOException {
        environment.put(name, "hunter2");
        refuses("environment: unknown setting " + name, "did you mean " + meant + "?");
        environment.remove(name);
        Files.writeString(home.resolve(".env"), name + "=hunter2\n");
        refuses(".env: unknown setting " + name, "did you mean " + meant + "?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OAIPROXY_COLOUR", "PROXY_SERVER_COLOUR"})
    void whatIsOursAndUnknownIsRefused(String name) {
        environment.put(name, "hunter2");
        refuses("unknown setting " + name, "remove it or correct its name");
    }

    @Test
    void aMisspeltPathIsToldWhatItMayBe() throws IOException {
        Path yaml = Files.createDirectory(home.resolve("config")).resolve("application.yaml");
        Files.writeString(yaml, "server:\n  prot: 1\n");
        refuses("unknown setting server.prot", "did you mean server.port?");
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI_ORG_ID, org-1",
        "OPENAI_PROJECT, proj_1",
        "DB_DRIVER, x",
        "DB_SERVICE_HOST, 10.0.0.1",
        "DB_PORT, tcp://10.0.0.1:5432",
        "DB_PORT_5432_TCP_ADDR, 10.0.0.1",
        "OAIPROXY_SERVICE_PORT, 5000",
        "OAIPROXY_PORT, tcp://10.0.0.1:5000",
        "PROXY_SERVER_PORT_5000_TCP, tcp://10.0.0.1:5000",
    })
    void variablesOfOthersAreLeftAlone(String name, String value) {
        environment.put(name, value);
        assertThat(load().number(Setting.PORT)).isEqualTo(5000);
    }
}
