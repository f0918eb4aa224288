package dev.oaiproxy.server.store;

import dev.oaiproxy.server.store.Database.Access;
import dev.oaiproxy.server.store.Database.Address;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * A MariaDB whose one file may not become larger than a few megabytes: to it, that is a full disk.
 */
final class SmallDisk implements AutoCloseable {
    private static final int TABLE_IS_FULL = 1114;
    private static final List<Integer> SIZES = List.of(500_000, 50_000, 5_000);

    private final MySqlProcess server;
    private final Database database;

    SmallDisk() throws Exception {
        server =
                TestServer.MARIADB.another(List.of("--innodb-file-per-table=0", mostMegabytes(32)));
        TestServer.run(MySqlProcess.admin(server.host()), "CREATE DATABASE t");
        Access access = new Access(TestDatabase.login(), new Database.Encryption.None());
        database = Database.server(Database.Type.MYSQL, new Address(server.host(), "t"), access);
    }

    Database database() {
        return database;
    }

    void fill() throws SQLException {
        TestDatabase.sql(database, "CREATE TABLE filler (a LONGBLOB)");
        try (Connection connection =
                        DriverManager.getConnection(MySqlProcess.admin(server.host()));
                PreparedStatement row =
                        connection.prepareStatement("INSERT INTO t.filler VALUES (?)")) {
            for (int size : SIZES) {
                row.setBytes(1, new byte[size]);
                insertUntilFull(row);
            }
        }
    }

    private static void insertUntilFull(PreparedStatement row) throws SQLException {
        try {
            while (true) {
                row.executeUpdate();
            }
        } catch (SQLException full) {
            if (full.getErrorCode() != TABLE_IS_FULL) {
                throw full;
            }
        }
    }

    /** Makes the disk a larger one: what is full does not even let anything be dropped. */
    void enlarge() throws Exception {
        server.halt();
        server.launch(List.of(mostMegabytes(64)));
    }

    private static String mostMegabytes(int most) {
        return "--innodb-data-file-path=ibdata1:12M:autoextend:max:" + most + "M";
    }

    @Override
    public void close() {
        server.kill();
    }
}
