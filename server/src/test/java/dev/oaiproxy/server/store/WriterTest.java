package dev.oaiproxy.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one thread that writes outlives whatever a piece of work does to it. */
final class WriterTest {
    @TempDir private Path folder;
    private Writer writer;

    @BeforeEach
    void open() {
        String url = "jdbc:sqlite:" + folder.resolve("writer.db") + "?transaction_mode=IMMEDIATE";
        writer =
                new Writer(
                        () -> {
                            var connection = DriverManager.getConnection(url);
                            connection.setAutoCommit(false);
                            return new Tx(connection);
                        },
                        Faults.SQLITE,
                        5_000);
        writer.write(tx -> tx.update("CREATE TABLE notes (text VARCHAR(20))"));
    }

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void anErrorInOnePieceOfWorkIsToldToItsCallerAndTheNextIsDone() {
        assertThatThrownBy(
                        () ->
                                writer.write(
                                        tx -> {
                                            tx.update("INSERT INTO notes VALUES ('lost')");
                                            throw new OutOfMemoryError("played");
                                        }))
                .isInstanceOf(StoreException.class);

        assertThat(writer.<Integer>write(tx -> tx.update("INSERT INTO notes VALUES ('kept')")))
                .isEqualTo(1);
        assertThat(writer.<Long>write(tx -> tx.number("SELECT COUNT(*) FROM notes"))).isEqualTo(1);
    }

    @Test
    void anInterruptedCallerStillLearnsWhatCameOfItsWork() {
        Thread.currentThread().interrupt();

        int rows = writer.write(tx -> tx.update("INSERT INTO notes VALUES ('kept')"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(rows).isEqualTo(1);
    }
}
