package dev.oaiproxy.app.tools;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The settings of the offline tools. */
@Tag("database")
@Timeout(60)
final class ServerToolsTest {
    @TempDir Path here;
    @TempDir Path there;

    @Test
    void aCopyGoesToTheDatabaseOfTheOtherFolder() throws IOException {
        Files.writeString(
                there.resolve(".env"),
                """
                DB_TYPE=postgresql
                DB_HOST=database.invalid
                DB_NAME=ledger
                DB_USERNAME=me
                DB_PASSWORD=hunter2
                """);
        var tools = new ServerTools(Path.of("../.."), Map.of("OAIPROXY_HOME", here.toString()));
        Files.createFile(here.resolve("proxy_api.db"));
        assertThatThrownBy(() -> tools.copy(there, progress -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no host named database.invalid");
    }
}
