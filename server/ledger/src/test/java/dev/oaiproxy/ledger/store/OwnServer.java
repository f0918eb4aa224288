package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.Database.Access;
import dev.oaiproxy.ledger.store.sql.Database.Address;
import dev.oaiproxy.ledger.store.sql.Database.Encryption;
import java.util.List;

/**
 * A database server that is a test's alone, which may be stopped, frozen or left without room:
 * other tests use those of {@link TestServer} at the same time.
 */
public final class OwnServer implements AutoCloseable {
    private final TestServer kind;
    private final ServerProcess process;
    private int databases;

    private OwnServer(TestServer kind, ServerProcess process) {
        this.kind = kind;
        this.process = process;
    }

    /**
     * Starts one; where that cannot be done the test is left out.
     *
     * @param settings how it differs from others of its kind
     */
    public static OwnServer start(TestDatabase kind, ServerDisk serverDisk, List<String> settings)
            throws Exception {
        TestServer server = TestServer.valueOf(kind.name());
        return new OwnServer(server, server.another(serverDisk, settings));
    }

    String host() {
        return process.host();
    }

    /** Makes an empty database. */
    public Database fresh() {
        String name = "t" + ++databases;
        TestServer.run(process.admin(), kind.creation(name));
        Database.Type type =
                kind == TestServer.POSTGRESQL ? Database.Type.POSTGRESQL : Database.Type.MYSQL;
        Access access = new Access(TestDatabase.login(), new Encryption.None());
        return Database.server(type, new Address(host(), name), access);
    }

    /** Stops it in order; it keeps what it has. */
    void halt() throws Exception {
        process.halt();
    }

    /** Starts it again on the same folder. */
    void resume() throws Exception {
        process.launch();
    }

    /** Starts it again if it has ended. */
    void revive() throws Exception {
        process.revive();
    }

    /** Sends STOP or CONT to all of its processes, and waits for the effect. */
    void signal(String name) throws Exception {
        SystemPrograms.signal(name, process.family());
    }

    /** Makes it read-only, as a replica is, or writable again. */
    void readOnly(boolean whether) {
        kind.readOnly(process.admin(), whether);
    }

    @Override
    public void close() {
        process.remove();
    }
}
