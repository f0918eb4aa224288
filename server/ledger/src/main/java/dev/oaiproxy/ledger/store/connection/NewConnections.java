package dev.oaiproxy.ledger.store.connection;

import dev.oaiproxy.ledger.store.sql.Database;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connections of a pool, which asks for them when it likes: a file that is in the place
 * of the first one, as after a restore, would be given what the first one's log holds.
 */
record NewConnections(Database database, Properties properties, DatabaseHealth watch)
        implements DataSource {
    @Override
    public Connection getConnection() throws SQLException {
        Optional<String> trouble = watch.fileTrouble();
        if (trouble.isPresent()) {
            throw new SQLException(trouble.get());
        }
        return database.connect(properties);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the login is a property");
    }

    /** The drivers ask {@link DriverManager} for their time limit. */
    @Override
    public void setLoginTimeout(int seconds) {
        DriverManager.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() {
        return DriverManager.getLoginTimeout();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
