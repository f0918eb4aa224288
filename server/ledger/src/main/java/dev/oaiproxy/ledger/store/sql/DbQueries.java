package dev.oaiproxy.ledger.store.sql;

import io.helidon.dbclient.DbClient;
import io.helidon.dbclient.DbClientException;
import io.helidon.dbclient.DbColumn;
import io.helidon.dbclient.DbRow;
import io.helidon.dbclient.jdbc.JdbcClientBuilder;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Queries by Helidon's DbClient, for reports and lists. Connections, time limits and retries are
 * those of the caller: DbClient would lose the connection of a statement that it cannot prepare.
 */
public final class DbQueries {
    private static final ScopedValue<Connection> CONNECTION = ScopedValue.newInstance();
    private static final DbClient CLIENT =
            JdbcClientBuilder.create().connectionPool(CONNECTION::get).build();

    private DbQueries() {}

    /** Gives all rows of a query, in the transaction of the connection. */
    static <T> List<T> list(
            Connection connection, String sql, Function<DbRow, T> mapping, Object[] arguments)
            throws SQLException {
        List<Object> storable = Arrays.stream(arguments).map(ColumnLimits::storable).toList();
        try {
            return ScopedValue.where(CONNECTION, connection)
                    .call(
                            () ->
                                    CLIENT.transaction()
                                            .createQuery(sql)
                                            .params(storable)
                                            .execute()
                                            .map(mapping)
                                            .toList());
        } catch (DbClientException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** A whole number, which drivers give in several types; 0 for NULL. */
    public static long number(DbRow row, String column) {
        return number(row.column(column));
    }

    /** The same by the position of the column, from 1. */
    public static long number(DbRow row, int column) {
        return number(row.column(column));
    }

    private static long number(DbColumn column) {
        return switch (column.asOptional().orElse(0L)) {
            case BigDecimal sum -> sum.longValueExact();
            case Object other -> ((Number) other).longValue();
        };
    }
}
