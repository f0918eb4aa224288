package dev.oaiproxy.server.store;

import java.sql.SQLException;

/** What an error of a database means for the transaction it happened in. */
enum Faults {
    SQLITE {
        @Override
        Kind kind(SQLException e) {
            return switch (e.getErrorCode() & PRIMARY) {
                case SQLITE_BUSY, SQLITE_LOCKED -> Kind.PASSING;
                case SQLITE_ERROR,
                        SQLITE_CONSTRAINT,
                        SQLITE_MISMATCH,
                        SQLITE_TOOBIG,
                        SQLITE_RANGE ->
                        Kind.OWN;
                default -> Kind.LASTING;
            };
        }
    };

    private static final int PRIMARY = 0xff;
    private static final int SQLITE_ERROR = 1;
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_TOOBIG = 18;
    private static final int SQLITE_CONSTRAINT = 19;
    private static final int SQLITE_MISMATCH = 20;
    private static final int SQLITE_RANGE = 25;

    /** Whose fault it is. */
    enum Kind {
        /** The statement's: the transaction goes on without it. */
        OWN,
        /** Of the moment: the whole transaction may be tried again. */
        PASSING,
        /** The database's or the connection's: the transaction is lost. */
        LASTING
    }

    abstract Kind kind(SQLException e);

    /** Returns only when the transaction can go on after this error. */
    void throwUnlessOwn(SQLException e) throws SQLException {
        if (kind(e) != Kind.OWN) {
            throw e;
        }
    }
}
