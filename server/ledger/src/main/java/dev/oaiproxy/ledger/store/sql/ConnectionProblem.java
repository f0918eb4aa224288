package dev.oaiproxy.ledger.store.sql;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Why a database cannot be used, for whoever has to do something about it. */
public sealed interface ConnectionProblem {
    /** In one sentence or two, without secrets. */
    String text();

    /** No such name. */
    record UnknownHost(String host) implements ConnectionProblem {
        @Override
        public String text() {
            return "there is no host named " + host + "; correct DB_HOST";
        }
    }

    /** A machine, but nothing that listens. */
    record Refused(String host) implements ConnectionProblem {
        @Override
        public String text() {
            return "nothing takes connections at "
                    + host
                    + "; start the database server, or correct the host or port in DB_HOST";
        }
    }

    /** Nobody said anything. */
    record Silent(String host) implements ConnectionProblem {
        @Override
        public String text() {
            return host
                    + " does not answer; see that the database server runs, and that no firewall"
                    + " is in between";
        }
    }

    /** The wrong user or password. */
    record WrongLogin(String user, String host) implements ConnectionProblem {
        @Override
        public String text() {
            return "the database server at "
                    + host
                    + " does not let the user "
                    + user
                    + " in with this password from here; correct DB_USERNAME or DB_PASSWORD";
        }
    }

    /** A server without that database, or one that this user may not see. */
    record NoDatabase(String name, String creation) implements ConnectionProblem {
        @Override
        public String text() {
            return "there is no database "
                    + name
                    + " that this user may use; its administrator can make it with: "
                    + creation;
        }
    }

    /** Let in, but not to make tables. */
    record NoRight(String user, String creation) implements ConnectionProblem {
        @Override
        public String text() {
            return "the user "
                    + user
                    + " may not make or change tables in this database; it should be made with: "
                    + creation;
        }
    }

    /** The server insists on encryption. */
    record NoEncryption(String host) implements ConnectionProblem {
        @Override
        public String text() {
            return "the database server at "
                    + host
                    + " takes encrypted connections only; set db.tls (OAIPROXY_DB_TLS) to verify,"
                    + " or to require";
        }
    }

    /** We insist on it, and the server has none, or one that does not convince. */
    record BadEncryption(String host, String why) implements ConnectionProblem {
        @Override
        public String text() {
            return "no encrypted connection to "
                    + host
                    + " could be made ("
                    + why
                    + "); see that the server has TLS, that its certificate names this host, and"
                    + " that db.tls-ca (OAIPROXY_DB_TLS_CA) names who signed it";
        }
    }

    /** No room for one more connection. */
    record Full(String host) implements ConnectionProblem {
        @Override
        public String text() {
            return "the database server at " + host + " takes no more connections; try again later";
        }
    }

    /** A database that is not as it has to be. */
    record Unfit(String name, String why) implements ConnectionProblem {
        @Override
        public String text() {
            return "the database " + name + " cannot be used: " + why;
        }
    }

    /** A database that can be read only. */
    record ReadOnly(String database) implements ConnectionProblem {
        @Override
        public String text() {
            return database
                    + " can be read but not written to; see that it, or the server that it is on,"
                    + " is not set to read-only, and that a file and its folder belong to this user"
                    + " and are not on a disk that is mounted read-only";
        }
    }

    /** A database that has lost what it kept. */
    record Damaged(String database, String why) implements ConnectionProblem {
        @Override
        public String text() {
            return database + " is damaged (" + why + "); stop the server, and restore a backup";
        }
    }

    /** Something else, in the words of the driver. */
    record Other(String message) implements ConnectionProblem {
        @Override
        public String text() {
            return "the database cannot be used: " + message;
        }
    }

    /** What an error that came instead of a connection, or of a table, means. */
    static ConnectionProblem of(SQLException e, Database database) {
        String host = database.address().host();
        String name = database.address().name();
        String user = database.user();
        return switch (database.dialect().complaint(e)) {
            case WRONG_LOGIN -> new WrongLogin(user, host);
            case NO_DATABASE -> new NoDatabase(name, database.dialect().creation(name, user));
            case NO_RIGHT -> new NoRight(user, database.dialect().creation(name, user));
            case NO_ENCRYPTION -> new NoEncryption(host);
            case FULL -> new Full(host);
            case READ_ONLY -> new ReadOnly(database.toString());
            case DAMAGED -> new Damaged(database.toString(), firstLine(root(e)));
            case UNREACHABLE -> byCause(e, host).orElseGet(() -> unreachable(e, host));
            case BAD_ENCRYPTION, OTHER -> byCause(e, host).orElseGet(() -> other(e, database));
        };
    }

    private static ConnectionProblem other(SQLException e, Database database) {
        String why = words(e);
        return database.dialect().complaint(e) == ConnectError.BAD_ENCRYPTION
                ? new BadEncryption(database.address().host(), why)
                : new Other(why);
    }

    private static ConnectionProblem unreachable(SQLException e, String host) {
        if (!isKnown(host)) {
            return new UnknownHost(host);
        }
        String why = words(e);
        return why.contains("timed out")
                ? new Silent(host)
                : why.contains("refused") ? new Refused(host) : new Other(why);
    }

    private static boolean isKnown(String host) {
        try {
            return InetAddress.getByName(host.replaceFirst(":[0-9]+$", "")) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Optional<ConnectionProblem> byCause(Throwable e, String host) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case UnknownHostException _ -> {
                    return Optional.of(new UnknownHost(host));
                }
                case SocketTimeoutException _ -> {
                    return Optional.of(new Silent(host));
                }
                case NoRouteToHostException _ -> {
                    return Optional.of(new Silent(host));
                }
                case ConnectException _ -> {
                    return Optional.of(
                            String.valueOf(cause.getMessage()).contains("timed out")
                                    ? new Silent(host)
                                    : new Refused(host));
                }
                case SSLException _ -> {
                    return Optional.of(new BadEncryption(host, words(cause)));
                }
                case CertificateException _ -> {
                    return Optional.of(new BadEncryption(host, words(cause)));
                }
                default -> {}
            }
        }
        return Optional.empty();
    }

    /** What the driver says, and what it says of the cause; without the names of classes. */
    private static String words(Throwable e) {
        String last = firstLine(root(e));
        String first = firstLine(e);
        return first.contains(last) ? first : first + " (" + last + ")";
    }

    private static Throwable root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replaceAll("([\\w$]+\\.)*[\\w$]+Exception: ?", "");
    }

    /** A failed commit says nothing to whoever starts a server; its cause does. */
    static RuntimeException inWords(RuntimeException e, Database database) {
        return e instanceof StoreException && e.getCause() instanceof SQLException why
                ? StoreException.told(of(why, database).text(), why)
                : e;
    }
}
