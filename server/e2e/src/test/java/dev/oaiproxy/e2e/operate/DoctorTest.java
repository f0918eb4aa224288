package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.api.OfflineTools.CheckResult;
import dev.oaiproxy.api.OfflineTools.CheckScope;
import dev.oaiproxy.app.boot.Version;
import dev.oaiproxy.app.doctor.Doctor;
import dev.oaiproxy.app.doctor.ImpostorServer;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.proxy.upstream.HttpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The doctor on sound and faulty installations. */
@Tag("server")
@Timeout(120)
final class DoctorTest {
    private static final Path DISTRIBUTION = Checkout.top();

    @TempDir Path home;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void aFolderOfOnesOwn() throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        environment.put("OAIPROXY_HOME", home.toString());
        environment.put("OAIPROXY_HOST", "127.0.0.1");
        environment.put("OAIPROXY_PORT", "0");
    }

    private void setUp() {
        environment.put("OPENAI_API_KEY", "sk-very-secret");
        environment.put("PROXY_SERVER_USER", "admin");
        environment.put("PROXY_SERVER_PASS", ServerFixture.PASSWORD);
    }

    private List<CheckResult> examine(CheckScope scope) {
        return new Doctor(DISTRIBUTION, environment)
                .examine(Map.of(), scope, InstantSource.system());
    }

    private List<CheckOutcome> about(String check) {
        return about(examine(CheckScope.INSTALLATION), check);
    }

    private static List<CheckOutcome> about(List<CheckResult> all, String check) {
        return all.stream()
                .filter(finding -> finding.check().equals(check))
                .map(CheckResult::outcome)
                .toList();
    }

    private static List<CheckOutcome> failures(List<CheckResult> all) {
        return all.stream()
                .map(CheckResult::outcome)
                .filter(CheckOutcome.Fail.class::isInstance)
                .toList();
    }

    @Test
    void aFreshFolderHasNoFailureAndStaysEmpty() {
        List<CheckResult> all = examine(CheckScope.INSTALLATION);
        assertThat(failures(all)).isEmpty();
        assertThat(about(all, "set-up"))
                .containsExactly(
                        new CheckOutcome.Warn(
                                "not done: there is no OPENAI_API_KEY, PROXY_SERVER_USER,"
                                        + " PROXY_SERVER_PASS",
                                "run oaiproxy setup"));
        assertThat(about(all, "database").getFirst().found()).contains("the first start makes");
        assertThat(about(all, "prices").getFirst().found()).startsWith("version ");
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void everySettingThatIsWrongIsTold() throws IOException {
        Files.writeString(home.resolve(".env"), "OAIPROXY_WAIT=1s\nOAIPROXY_QUOTA_WAIT=soon\n");
        environment.put("OAIPROXY_TRACKING_BODIES", "maybe");
        environment.put("OAIPROXY_TIME_ZONE", "Mars");
        environment.put("DB_TYPE", "mysql");
        assertThat(about("settings"))
                .filteredOn(CheckOutcome.Fail.class::isInstance)
                .extracting(CheckOutcome::found)
                .hasSize(5)
                .anyMatch(found -> found.startsWith("db.name (DB_NAME) is needed"))
                .anyMatch(found -> found.contains("unknown setting OAIPROXY_WAIT"))
                .anyMatch(found -> found.startsWith("quota.wait (OAIPROXY_QUOTA_WAIT) must be"))
                .anyMatch(found -> found.startsWith("tracking.bodies"))
                .anyMatch(found -> found.startsWith("quota.time-zone"));
    }

    @Test
    void aBrokenYamlIsToldWithoutTheLineItself() throws IOException {
        Files.createDirectories(home.resolve("config"));
        Files.writeString(
                home.resolve("config/application.yaml"), "openai:\n  api-key: [sk-secret\n");
        assertThat(about("settings"))
                .filteredOn(CheckOutcome.Fail.class::isInstance)
                .singleElement()
                .extracting(CheckOutcome::found)
                .asString()
                .contains("application.yaml is not readable YAML", "line 2")
                .doesNotContain("sk-secret");
    }

    @Test
    void filesThatOthersCanReadAreTold() throws IOException {
        Path env = Files.writeString(home.resolve(".env"), "DB_OPTION=SQLite\n");
        Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(about("permissions"))
                .containsExactly(
                        new CheckOutcome.Warn(
                                "accessible to others than the owner: " + env + " (rw-r--r--)",
                                "run: chmod go= '" + env + "'"));
    }

    @Test
    void whereverSecretsLieIsLookedAt() throws IOException {
        Path rows = Files.writeString(home.resolve("it's mine.db"), "");
        Path yaml =
                Files.writeString(
                        Files.createDirectories(home.resolve("config")).resolve("application.yaml"),
                        "server:\n  port: 0\n");
        environment.put("OAIPROXY_DB_URL", "jdbc:sqlite:" + rows);
        for (Path path : List.of(rows, yaml)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        }
        assertThat(about("permissions").toString())
                .contains("run: chmod go= '" + home + "/it'\\''s mine.db'")
                .doesNotContain("application.yaml");
        Files.writeString(yaml, "openai:\n  api-key: sk-secret\n");
        assertThat(about("permissions").toString()).contains(" '" + yaml + "'");
    }

    @Test
    void whatMayBeASecretInThePlaceOfANameIsNotTold() throws IOException {
        Files.createDirectories(home.resolve("config"));
        Files.writeString(
                home.resolve("config/application.yaml"),
                """
                openai:
                  api-key:
                    hunter2: ""
                  sk-secret: ""
                  bse-url: ""
                """);
        List<CheckOutcome> told = about("settings");
        assertThat(told)
                .extracting(CheckOutcome::found)
                .anyMatch(found -> found.endsWith("openai.api-key has no settings below it"))
                .anyMatch(found -> found.endsWith("unknown setting openai.bse-url"));
        assertThat(told.toString()).doesNotContain("hunter2", "sk-secret");
    }

    @Test
    void anAddressWithAPasswordIsRefusedAndNotPrinted() {
        setUp();
        environment.put("OPENAI_BASE_URL", "https://me:hunter2@api.openai.com/v1");
        List<CheckResult> all = examine(CheckScope.WITH_OPENAI);
        assertThat(failures(all))
                .extracting(CheckOutcome::found)
                .anyMatch(found -> found.startsWith("openai.base-url (OPENAI_BASE_URL) must be"));
        assertThat(all.toString()).doesNotContain("hunter2");
    }

    @Test
    void anAnswerThatSaysNothingOfTheKeyIsNoRefusal() throws IOException {
        setUp();
        String busy = "429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        try (ImpostorServer openAi = ImpostorServer.saying(_ -> busy)) {
            String base = "http://127.0.0.1:" + openAi.port();
            environment.put("OPENAI_BASE_URL", base + "/v1");
            assertThat(about(examine(CheckScope.WITH_OPENAI), "openai"))
                    .containsExactly(
                            new CheckOutcome.Warn(
                                    base + " neither confirmed nor rejected it (HTTP 429)",
                                    "try again later, or correct OPENAI_BASE_URL"));
        }
    }

    @Test
    void chargesThatWaitAreTold() throws IOException {
        Files.createDirectories(home.resolve("spool"));
        Files.writeString(home.resolve("spool/endings"), "{}\n{}\n\0\0\0");
        assertThat(about("spool").getFirst())
                .isInstanceOf(CheckOutcome.Warn.class)
                .extracting(CheckOutcome::found)
                .asString()
                .startsWith("2 charges wait");
    }

    @Test
    void aPortOfAnotherProgramIsTold() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> hangUp(taken));
            environment.put("OAIPROXY_PORT", Integer.toString(taken.getLocalPort()));
            assertThat(about("port").getFirst().found()).endsWith("taken by another program");
            assertThat(about("server")).isEmpty();
        }
    }

    private static void hangUp(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                socket.accept().close();
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Test
    void aRunningServerIsKnownAndCompared() {
        setUp();
        try (ServerFixture running = ServerFixture.in(home)) {
            environment.put("OAIPROXY_PORT", Integer.toString(running.server().port()));
            environment.put("OPENAI_API_KEY", running.openAi().apiKey());
            environment.put("OPENAI_BASE_URL", running.openAi().baseUrl().toString());
            List<CheckResult> all = examine(CheckScope.WITH_OPENAI);
            assertThat(failures(all)).isEmpty();
            assertThat(about(all, "port").getFirst().found()).endsWith("by a running oaiproxy");
            assertThat(about(all, "server"))
                    .extracting(CheckOutcome::found)
                    .containsExactly(
                            "runs, and takes calls",
                            "version " + Version.TEXT + ", the same as here");
            assertThat(about(all, "openai").getFirst().found()).endsWith("takes the key");
            assertThat(all.toString())
                    .doesNotContain(ServerFixture.PASSWORD, running.openAi().apiKey());

            environment.put("OAIPROXY_QUOTA_WAIT", "11s");
            assertThat(about("server").getLast().found()).contains("other settings");
            environment.put("PROXY_SERVER_PASS", "another");
            assertThat(about("server").getLast()).isInstanceOf(CheckOutcome.Warn.class);
            environment.put("OPENAI_API_KEY", "sk-very-secret");
            List<CheckResult> refused = examine(CheckScope.WITH_OPENAI);
            assertThat(about(refused, "openai").getFirst().found())
                    .contains("refuses the key (HTTP 401)");
            assertThat(refused.toString()).doesNotContain("sk-very-secret");
        }
    }

    @Test
    void aProxyBeforeOpenAiIsNamedWithoutItsPassword() {
        setUp();
        try (ServerFixture running = ServerFixture.in(home);
                HttpProxy proxy = new HttpProxy("me:hunter2")) {
            environment.put("OAIPROXY_PORT", Integer.toString(running.server().port()));
            environment.put("OPENAI_API_KEY", running.openAi().apiKey());
            environment.put("OPENAI_BASE_URL", running.openAi().baseUrl().toString());
            environment.put("HTTP_PROXY", proxy.url("me:hunter2"));
            List<CheckResult> all = examine(CheckScope.WITH_OPENAI);
            assertThat(about(all, "openai").getFirst().found())
                    .endsWith("through the proxy " + proxy.url("") + " takes the key");
            assertThat(all.toString()).doesNotContain("hunter2");
            environment.put("HTTP_PROXY", proxy.url("me:wrong"));
            assertThat(about(examine(CheckScope.WITH_OPENAI), "openai").getFirst().found())
                    .endsWith("through the proxy " + proxy.url("") + " cannot be reached");
        }
    }

    @Test
    void aDatabaseThatCannotBeReachedIsToldOnce() {
        environment.putAll(
                Map.of(
                        "DB_TYPE", "postgresql",
                        "DB_HOST", "database.invalid",
                        "DB_NAME", "ledger",
                        "DB_USERNAME", "me",
                        "DB_PASSWORD", "hunter2"));
        List<CheckResult> all = examine(CheckScope.INSTALLATION);
        assertThat(failures(all))
                .containsExactly(
                        new CheckOutcome.Fail(
                                "there is no host named database.invalid", "correct DB_HOST"));
        assertThat(all.toString()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @MethodSource("dev.oaiproxy.ledger.store.TestDatabase#servers")
    void serversOnOneDatabaseAreComparedWithWhatIsHere(TestDatabase kind, @TempDir Path other) {
        Database database = kind.fresh(other);
        environment.putAll(TestDatabase.variables(database));
        try (ServerFixture running = ServerFixture.in(other, TestDatabase.variables(database))) {
            environment.put("OPENAI_API_KEY", running.openAi().apiKey());
            environment.put("OPENAI_BASE_URL", running.openAi().baseUrl().toString());
            assertThat(about("nodes")).hasSize(1);
            environment.put("OAIPROXY_QUOTA_WAIT", "11s");
            List<CheckResult> all = examine(CheckScope.INSTALLATION);
            assertThat(failures(all)).isEmpty();
            assertThat(about(all, "nodes").getFirst().found()).startsWith("1 alive: node 0 (");
            assertThat(about(all, "nodes").getLast().found())
                    .isEqualTo("quota.wait differs (node 0: another value | here: 11s)");
            assertThat(about(all, "encryption").getFirst().found())
                    .isEqualTo("none, within this machine");
        }
    }
}
