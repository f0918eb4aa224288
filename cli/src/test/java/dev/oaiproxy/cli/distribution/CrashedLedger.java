package dev.oaiproxy.cli.distribution;

import dev.oaiproxy.ledger.ledger.CallId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * The calls in the database of a killed server. They are read from a copy of its files: opening the
 * originals would run the recovery of the next server.
 *
 * @param states for each call after a given one, the code of its state
 */
record CrashedLedger(Map<String, Integer> states) {
    static final int HELD = 0;

    static CrashedLedger read(Path home, String after) throws Exception {
        Path copies = Files.createTempDirectory("dead");
        for (String name : new String[] {"proxy_api.db", "proxy_api.db-wal"}) {
            if (Files.exists(home.resolve(name))) {
                Files.copy(home.resolve(name), copies.resolve(name));
            }
        }
        long from = after.isEmpty() ? 0 : CallId.parse(after).value();
        String url = "jdbc:sqlite:" + copies.resolve("proxy_api.db");
        Map<String, Integer> states = new HashMap<>();
        try (Connection copy = DriverManager.getConnection(url);
                Statement statement = copy.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT id, state FROM calls WHERE id > " + from)) {
            while (row.next()) {
                states.put(new CallId(row.getLong(1)).toString(), row.getInt(2));
            }
        }
        for (String name : copies.toFile().list()) {
            Files.delete(copies.resolve(name));
        }
        Files.delete(copies);
        return new CrashedLedger(states);
    }

    long held() {
        return states.values().stream().filter(state -> state == HELD).count();
    }
}
