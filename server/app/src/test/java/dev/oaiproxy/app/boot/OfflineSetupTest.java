package dev.oaiproxy.app.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.api.SetupRequest;
import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.Database;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Set-up without a server, with usable and unusable databases. */
@Tag("database")
@Timeout(60)
@Isolated("it takes System.err")
final class OfflineSetupTest {
    @TempDir Path home;

    private Map<String, String> variables(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("OAIPROXY_HOME", home.toString()));
        all.putAll(more);
        return all;
    }

    private static Optional<String> problem(Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(variables);
        try {
            return OfflineSetup.databaseProblem(
                    ServerConfig.load(Path.of(""), environment, Map.of()));
        } catch (ConfigException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @ParameterizedTest
    @MethodSource("dev.oaiproxy.ledger.store.TestDatabase#available")
    void aDatabaseThatWorksHasNoProblemAndStaysEmpty(TestDatabase kind) {
        Database database = kind.fresh(home);
        assertThat(problem(variables(TestDatabase.variables(database)))).isEmpty();
        assertThat(home).isEmptyDirectory();
        if (kind != TestDatabase.SQLITE) {
            TestDatabase.sql(database, "CREATE TABLE users (id BIGINT)");
        }
    }

    @Test
    void aDatabaseThatDoesNotIsToldInWords() {
        Map<String, String> nowhere =
                Map.of(
                        "DB_TYPE", "postgresql",
                        "DB_HOST", "database.invalid",
                        "DB_NAME", "ledger",
                        "DB_USERNAME", "me",
                        "DB_PASSWORD", "hunter2");
        assertThat(problem(variables(nowhere)))
                .hasValue(
                        "the database cannot be used: there is no host named database.invalid;"
                                + " correct DB_HOST");
        assertThat(problem(variables(Map.of("DB_TYPE", "postgresql"))))
                .hasValueSatisfying(why -> assertThat(why).contains("DB_NAME"));
    }

    @Test
    void nothingIsWrittenWhenTheDatabaseDoesNotWork() {
        SetupRequest setup =
                new SetupRequest(
                        "sk-mine",
                        "Others",
                        "postgresql",
                        null,
                        "me",
                        "hunter2",
                        "database.invalid",
                        "ledger",
                        "root",
                        "hard-2-guess-it",
                        null,
                        null,
                        true);
        assertThatThrownBy(() -> OfflineSetup.run(setup, Path.of(""), variables(Map.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no host named database.invalid");
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void aServerWithABadDatabaseEndsWithOneLine() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream err = System.err;
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        int code;
        try {
            code =
                    new Main()
                            .run(
                                    Map.of(
                                            "home", home.toString(),
                                            "config", "../../config/application.yaml",
                                            "openai.api-key", "sk-any",
                                            "admin.user", "admin",
                                            "admin.password", "pass",
                                            "db.type", "postgresql",
                                            "db.host", "database.invalid",
                                            "db.name", "ledger",
                                            "db.connection.username", "me",
                                            "db.connection.password", "hunter2"));
        } finally {
            System.setErr(err);
        }
        assertThat(code).isEqualTo(1);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("oaiproxy: there is no host named database.invalid; correct DB_HOST")
                .doesNotContain("hunter2", "\tat ");
    }
}
