package dev.oaiproxy.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.app.boot.Server;
import dev.oaiproxy.app.boot.SettingCheck;
import dev.oaiproxy.base.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invalid settings stop the start, with a message that names the place. */
@Tag("server")
@Timeout(60)
final class ServerConfigTest {
    private static final Path DISTRIBUTION = Checkout.top();

    @TempDir Path home;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void start() {
        environment.put("OAIPROXY_HOME", home.toString());
    }

    private ServerConfig load() {
        return SettingCheck.require(ServerConfig.load(DISTRIBUTION, environment, Map.of()));
    }

    private Path yaml(String text) throws IOException {
        Path file = Files.createDirectories(home.resolve("config")).resolve("application.yaml");
        return Files.writeString(file, text);
    }

    @Test
    void anUnknownPathInTheFileIsNamedWithTheFile() throws IOException {
        Path file = yaml("server:\n  prot: 5000\n");
        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("server.prot");
    }

    @Test
    void anUnknownVariableOfOursIsNamed() {
        environment.put("OAIPROXY_PROT", "5000");
        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("environment")
                .hasMessageContaining("OAIPROXY_PROT");
    }

    @Test
    void anUnknownVariableOfOursInTheEnvFileIsNamedWithTheFile() throws IOException {
        Files.writeString(home.resolve(".env"), "OAIPROXY_PROT=5000\n");
        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(home.resolve(".env").toString())
                .hasMessageContaining("OAIPROXY_PROT");
    }

    @Test
    void theEnvironmentIsAboveTheEnvFileIsAboveTheFile() throws IOException {
        yaml("server:\n  port: 1\nopenai:\n  api-key: file\nadmin:\n  user: file\n");
        Files.writeString(home.resolve(".env"), "OAIPROXY_PORT=2\nOPENAI_API_KEY=env-file\n");
        environment.put("OAIPROXY_PORT", "3");
        ServerConfig config =
                ServerConfig.load(DISTRIBUTION, environment, Map.of("quota.wait", "7s"));

        assertThat(config.number(Setting.PORT)).isEqualTo(3);
        assertThat(config.text(Setting.OPENAI_API_KEY)).isEqualTo("env-file");
        assertThat(config.text(Setting.PROXY_SERVER_USER)).isEqualTo("file");
        assertThat(config.text(Setting.WAIT)).isEqualTo("7s");
    }

    @Test
    void aListInTheFileIsTheSameAsCommas() throws IOException {
        yaml(
                """
                server:
                  cors-origins:
                    - https://a.example.org
                    - http://localhost:3000
                """);
        ServerConfig config = ServerConfig.load(DISTRIBUTION, environment, Map.of());
        assertThat(config.text(Setting.CORS_ORIGINS))
                .isEqualTo("https://a.example.org, http://localhost:3000");
    }

    @ParameterizedTest
    @CsvSource({
        "PORT, many",
        "PORT, -1",
        "MAX_BODY, 32M",
        "CORS_ORIGINS, chat.example.org",
        "PUBLIC_URL, ai.example.org",
        "PUBLIC_URL, ftp://ai.example.org",
        "PUBLIC_URL, https://ai.example.org/v1",
        "PUBLIC_URL, https://ai.example.org/?a",
        "PUBLIC_URL, https://me:hunter2@ai.example.org",
        "PUBLIC_URL, https://ai.example.org:99999",
        "MEMORY, 40 MB",
        "MEMORY, 0%",
        "MEMORY, 95%",
        "MEMORY, 1000",
        "IDLE_TIMEOUT, 5 minutes",
        "GRACE, soon",
        "OPENAI_BASE_URL, api.openai.com",
        "OPENAI_BASE_URL, ftp://api.openai.com/v1",
        "OPENAI_BASE_URL, https://me:hunter2@api.openai.com/v1",
        "OPENAI_CONNECT_TIMEOUT, 10",
        "OPENAI_READ_TIMEOUT, x",
        "OPENAI_MAX_CONNECTIONS, x",
        "DB_PATIENCE, 0s",
        "DB_PATIENCE, 3",
        "DB_OPTION, Postgres",
        "DB_OPTION, Others",
        "DB_TYPE, oracle",
        "DB_TYPE, mysql",
        "DB_MODULE, psycopg2",
        "DB_URL, jdbc:oracle:thin:@db:1521/x",
        "DB_TLS, maybe",
        "DB_TLS_CA, authority.pem",
        "TIME_ZONE, Nowhere/City",
        "SHARE, a quarter",
        "WAIT, x",
        "DRAIN_CALLS, x",
        "DRAIN_TIME, x",
        "TRACKING, yes",
        "TRACKING_BYTES, x"
    })
    void aValueThatCannotBeStopsTheStart(Setting setting, String value) {
        environment.put("OPENAI_API_KEY", "sk-any");
        environment.put("PROXY_SERVER_USER", "admin");
        environment.put("PROXY_SERVER_PASS", "pass");
        environment.put("OAIPROXY_HOST", "127.0.0.1");
        environment.put("OAIPROXY_PORT", "0");
        environment.put(setting.variable(), value);
        assertThatThrownBy(
                        () ->
                                new Server(
                                                DISTRIBUTION,
                                                environment,
                                                Map.of(),
                                                InstantSource.system())
                                        .close())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(setting.path())
                .hasMessageContaining(setting.variable());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgresql | db        | postgresql db/ledger",
                "postgresql | db:6543   | postgresql db:6543/ledger",
                "mysql      | [::1]:33  | mysql [::1]:33/ledger",
                "mssql      | 10.0.0.1  | mssql 10.0.0.1/ledger"
            })
    void theTypeAloneChoosesTheServer(String type, String host, String shown) {
        environment.putAll(
                Map.of(
                        "DB_TYPE", type,
                        "DB_HOST", host,
                        "DB_NAME", "ledger",
                        "DB_USERNAME", "me",
                        "DB_PASSWORD", "hunter2"));
        assertThat(DatabaseSettings.of(load())).hasToString(shown);
    }

    @Test
    void aUrlInTheFileChoosesTheServer() throws IOException {
        yaml(
                """
                db:
                  connection:
                    url: jdbc:postgresql://db.example.com/ledger?sslmode=verify-full
                    username: me
                """);
        assertThat(DatabaseSettings.of(load())).hasToString("postgresql db.example.com/ledger");
    }

    @Test
    void withoutAnyOfThemItIsAFileBesideTheSettings() {
        assertThat(DatabaseSettings.of(load()))
                .hasToString("sqlite " + home.resolve("proxy_api.db"));
    }

    @ParameterizedTest
    @CsvSource({"'a b'", "db/x", "db;x=1", "user@db", "db:port"})
    void aHostThatIsNoneStopsTheStart(String host) {
        environment.putAll(
                Map.of(
                        "DB_TYPE", "mysql",
                        "DB_HOST", host,
                        "DB_NAME", "ledger",
                        "DB_USERNAME", "me",
                        "DB_PASSWORD", "hunter2"));
        assertThatThrownBy(this::load)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("DB_HOST")
                .hasMessageNotContaining("hunter2");
    }
}
