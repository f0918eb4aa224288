package dev.oaiproxy.ledger.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.ledger.store.DatabaseCertificate;
import dev.oaiproxy.ledger.store.OnEveryDatabase;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.TestServer;
import dev.oaiproxy.ledger.store.sql.Database.Access;
import dev.oaiproxy.ledger.store.sql.Database.Address;
import dev.oaiproxy.ledger.store.sql.Database.Encryption;
import dev.oaiproxy.ledger.store.sql.Database.Login;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that cannot be used says why, and what to do. */
@OnEveryDatabase
@Timeout(60)
final class ConnectionProblemTest {
    private static final Encryption OPEN = new Encryption.None();

    private final TestDatabase kind;
    @TempDir Path folder;
    private Database database;

    ConnectionProblemTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void make() {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has no server");
        database = kind.fresh(folder);
    }

    private String problem(String host, Login login, Encryption encryption) {
        Access access = new Access(login, encryption);
        String problem =
                Store.problem(TestDatabase.like(database, host, access)).orElse("no problem");
        assertThat(problem).doesNotContain(TestServer.PASSWORD, "hunter2", "Exception");
        return problem;
    }

    private String problemAt(String host) {
        return problem(host, TestDatabase.login(), OPEN);
    }

    private String local() {
        return database.address().host();
    }

    /** The server by the name in its certificate. */
    private String localByName() {
        return local().replace("127.0.0.1", "localhost");
    }

    @Test
    void thereIsNone() {
        assertThat(problemAt(local())).isEqualTo("no problem");
    }

    @Test
    void aHostThatThereIsNot() {
        assertThat(problemAt("database.invalid"))
                .isEqualTo("there is no host named database.invalid; correct DB_HOST");
    }

    @Test
    void aPortThatNothingListensOn() throws Exception {
        String host;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            host = "127.0.0.1:" + free.getLocalPort();
        }
        assertThat(problemAt(host)).startsWith("nothing listens at " + host);
    }

    @Test
    void aServerThatSaysNothing() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String host = "127.0.0.1:" + mute.getLocalPort();
            assertThat(problemAt(host)).startsWith(host + " does not answer");
        }
    }

    @Test
    void aWrongPassword() {
        assertThat(problem(local(), new Login(TestServer.USER, "hunter2"), OPEN))
                .contains("does not let the user oaip in", "DB_USERNAME or DB_PASSWORD");
        assertThat(problem(local(), new Login("nobody", TestServer.PASSWORD), OPEN))
                .contains("does not let the user nobody in");
    }

    @Test
    void aDatabaseThatThereIsNot() {
        Database missing =
                Database.server(
                        TestDatabase.type(database),
                        new Address(local(), "missing"),
                        new Access(TestDatabase.login(), OPEN));
        assertThat(Store.problem(missing))
                .hasValueSatisfying(
                        why -> assertThat(why).contains("no database missing", "CREATE DATABASE"));
    }

    @Test
    void aServerThatProvesItsNameToWhoeverAsks() throws Exception {
        assumeTrue(kind != TestDatabase.SQLSERVER, "its certificate is not ours");
        Path authority = DatabaseCertificate.shared().certificate();
        assertThat(problem(localByName(), TestDatabase.login(), new Encryption.Unchecked()))
                .isEqualTo("no problem");
        assertThat(problem(localByName(), TestDatabase.login(), new Encryption.Checked(authority)))
                .isEqualTo("no problem");
    }

    @Test
    void aServerWithAnotherNameOrUnknownToAnybody() throws Exception {
        assumeTrue(kind != TestDatabase.SQLSERVER, "its certificate is not ours");
        Path authority = DatabaseCertificate.shared().certificate();
        assertThat(problem(local(), TestDatabase.login(), new Encryption.Checked(authority)))
                .startsWith("no encrypted connection to 127.0.0.1");
        assertThat(problem(localByName(), TestDatabase.login(), new Encryption.Checked(null)))
                .startsWith("no encrypted connection to localhost")
                .contains("db.tls-ca");
    }

    @Test
    void aServerWithoutEncryption() throws Exception {
        assumeTrue(kind == TestDatabase.POSTGRESQL, "the answer of PostgreSQL is played");
        try (ServerSocket plain = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> refuseEncryption(plain));
            String host = "127.0.0.1:" + plain.getLocalPort();
            assertThat(problem(host, TestDatabase.login(), new Encryption.Unchecked()))
                    .startsWith("no encrypted connection to " + host);
        }
    }

    private static void refuseEncryption(ServerSocket server) {
        try (Socket client = server.accept()) {
            byte[] request = client.getInputStream().readNBytes(8);
            client.getOutputStream().write('N');
            client.getOutputStream().flush();
            assertThat(request).hasSize(8);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:oracle:thin:@db:1521/x",
                "jdbc:postgresql://db/x?user=u&password=hunter2",
                "jdbc:mysql://root:hunter2@db/x",
                "jdbc:sqlserver://db;databaseName=x;password=hunter2",
                "jdbc:mariadb://db/x",
                "jdbc:postgresql://db/"
            })
    void aUrlThatIsNotTaken(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Database.url(url, new Access(TestDatabase.login(), OPEN)))
                .withMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://db:5432/ledger?ApplicationName=x",
                "jdbc:mysql://db:5432/ledger",
                "jdbc:sqlserver://db:5432;encrypt=true;databaseName=ledger"
            })
    void aUrlShowsItselfWithoutItsParameters(String url) {
        Access access = new Access(TestDatabase.login(), OPEN);
        assertThat(Database.url(url, access).toString()).endsWith(" db:5432/ledger");
    }

    @Test
    void aUrlThatContradictsTheSettings() {
        Access checked = new Access(TestDatabase.login(), new Encryption.Checked(null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Database.url("jdbc:postgresql://db/x?sslmode=disable", checked));
    }
}
