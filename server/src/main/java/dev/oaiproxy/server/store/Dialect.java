package dev.oaiproxy.server.store;

import java.util.Map;

/** The pieces of SQL in which databases differ, as the placeholders of the migrations. */
enum Dialect {
    /**
     * An {@code INTEGER} key is the row's own number instead of a second index. An overflowing sum
     * would become a floating-point number, so the sums are checked to be integers.
     */
    SQLITE(
            "INTEGER",
            "BLOB",
            "WHERE state = 0",
            ",\n    CONSTRAINT accounts_integers CHECK (typeof(spent_nanos) = 'integer'"
                    + " AND typeof(held_nanos) = 'integer')");

    private final String id;
    private final String blob;
    private final String whereOpen;
    private final String checkIntegers;

    Dialect(String id, String blob, String whereOpen, String checkIntegers) {
        this.id = id;
        this.blob = blob;
        this.whereOpen = whereOpen;
        this.checkIntegers = checkIntegers;
    }

    Map<String, String> placeholders() {
        return Map.of(
                "id", id,
                "blob", blob,
                "table", "",
                "where_open", whereOpen,
                "check_integers", checkIntegers);
    }
}
