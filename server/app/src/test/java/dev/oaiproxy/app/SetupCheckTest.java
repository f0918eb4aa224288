package dev.oaiproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.store.Database;
import dev.oaiproxy.ledger.store.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the command line is told of a database, and that a server with a bad one does not start. */
@Timeout(60)
@Isolated("it takes System.err")
final class SetupCheckTest {
    @TempDir Path home;

    private Map<String, String> variables(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("OAIPROXY_HOME", home.toString()));
        all.putAll(more);
        return all;
    }

    @ParameterizedTest
    @MethodSource("dev.oaiproxy.ledger.store.TestDatabase#available")
    void aDatabaseThatWorksHasNoProblemAndStaysEmpty(TestDatabase kind) {
        Database database = kind.fresh(home);
        assertThat(new SetupCheck().problem(variables(TestDatabase.variables(database)))).isEmpty();
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
        assertThat(new SetupCheck().problem(variables(nowhere)))
                .hasValue("there is no host named database.invalid; correct DB_HOST");
        assertThat(new SetupCheck().problem(variables(Map.of("DB_TYPE", "postgresql"))))
                .hasValueSatisfying(why -> assertThat(why).contains("DB_NAME"));
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
                                            "config", "../config/application.yaml",
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
