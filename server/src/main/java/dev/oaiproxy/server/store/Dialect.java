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
            "WHERE adjusts <> 0",
            ",\n    CONSTRAINT accounts_integers CHECK (typeof(spent_nanos) = 'integer'"
                    + " AND typeof(held_nanos) = 'integer')");

    private final String id;
    private final String blob;
    private final String whereOpen;
    private final String whereAdjusts;
    private final String checkIntegers;

    /** In the order of the placeholders below. */
    Dialect(String... pieces) {
        this.id = pieces[0];
        this.blob = pieces[1];
        this.whereOpen = pieces[2];
        this.whereAdjusts = pieces[3];
        this.checkIntegers = pieces[4];
    }

    Map<String, String> placeholders() {
        return Map.of(
                "id", id,
                "blob", blob,
                "table", "",
                "where_open", whereOpen,
                "where_adjusts", whereAdjusts,
                "check_integers", checkIntegers);
    }
}
