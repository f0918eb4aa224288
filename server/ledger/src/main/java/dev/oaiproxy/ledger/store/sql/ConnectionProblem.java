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
import org.jspecify.annotations.Nullable;

/**
 * Why a database cannot be used, and what to do about it: an error of the driver in a sentence or
 * two, without secrets.
 */
public final class ConnectionProblem {
    private ConnectionProblem() {}

    /** The reason behind an error; in the words of the driver when it is none of the known ones. */
    public static String text(SQLException e, Database database) {
        return known(e, database).orElseGet(() -> "the database cannot be used: " + words(e));
    }

    /** The reason behind an error, if it is one of those that an operator can mend. */
    public static Optional<String> known(SQLException e, Database database) {
        String host = database.address().host();
        return switch (database.dialect().complaint(e)) {
            case UNREACHABLE -> byCause(e, host).or(() -> unreachable(words(e), host));
            case BAD_ENCRYPTION ->
                    byCause(e, host).or(() -> Optional.of(badEncryption(host, words(e))));
            case OTHER -> byCause(e, host);
            default -> Optional.of(refusal(e, database));
        };
    }

    private static String refusal(SQLException e, Database database) {
        String host = database.address().host();
        return switch (database.dialect().complaint(e)) {
            case WRONG_LOGIN ->
                    "the database server at %s does not let the user %s in with this password from"
                                    .formatted(host, database.user())
                            + " here; correct DB_USERNAME or DB_PASSWORD";
            case NO_DATABASE ->
                    "there is no database %s that this user may use; its administrator can make it"
                                    .formatted(database.address().name())
                            + " with: "
                            + creation(database);
            case NO_RIGHT ->
                    "the user %s may not make or change tables in this database; it should be made"
                                    .formatted(database.user())
                            + " with: "
                            + creation(database);
            case NO_ENCRYPTION ->
                    "the database server at "
                            + host
                            + " accepts encrypted connections only; set db.tls (OAIPROXY_DB_TLS) to"
                            + " verify, or to require";
            case FULL ->
                    "the database server at "
                            + host
                            + " accepts no more connections; try again later";
            case READ_ONLY ->
                    database
                            + " is read-only; check that neither it nor its server is set to"
                            + " read-only, and that a file and its folder belong to this user, on"
                            + " a disk that is not mounted read-only";
            case DAMAGED ->
                    "%s is damaged (%s); stop the server, and restore a backup"
                            .formatted(database, firstLine(root(e)));
            case BAD_ENCRYPTION, UNREACHABLE, OTHER -> throw new IllegalArgumentException(e);
        };
    }

    private static String creation(Database database) {
        return database.dialect().creation(database.address().name(), database.user());
    }

    private static String unknownHost(String host) {
        return "there is no host named " + host + "; correct DB_HOST";
    }

    private static String refused(String host) {
        return "nothing listens at "
                + host
                + "; start the database server, or correct the host or port in DB_HOST";
    }

    private static String silent(String host) {
        return host
                + " does not answer; check that the database server runs, and that no firewall"
                + " blocks it";
    }

    private static String badEncryption(String host, String why) {
        return ("no encrypted connection to %s could be made (%s); check that the server has TLS,"
                        + " that its certificate names this host, and that db.tls-ca"
                        + " (OAIPROXY_DB_TLS_CA) has the authority that signed it")
                .formatted(host, why);
    }

    private static Optional<String> unreachable(String why, String host) {
        if (!isKnown(host)) {
            return Optional.of(unknownHost(host));
        }
        return why.contains("timed out")
                ? Optional.of(silent(host))
                : why.contains("refused") ? Optional.of(refused(host)) : Optional.empty();
    }

    private static boolean isKnown(String host) {
        try {
            return InetAddress.getByName(host.replaceFirst(":[0-9]+$", "")) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static Optional<String> byCause(Throwable e, String host) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            @Nullable String why =
                    switch (cause) {
                        case UnknownHostException _ -> unknownHost(host);
                        case SocketTimeoutException _ -> silent(host);
                        case NoRouteToHostException _ -> silent(host);
                        case ConnectException _ ->
                                String.valueOf(cause.getMessage()).contains("timed out")
                                        ? silent(host)
                                        : refused(host);
                        case SSLException _ -> badEncryption(host, words(cause));
                        case CertificateException _ -> badEncryption(host, words(cause));
                        default -> null;
                    };
            if (why != null) {
                return Optional.of(why);
            }
        }
        return Optional.empty();
    }

    /** The words of the driver, and of the cause that it names, without the names of classes. */
    public static String words(Throwable e) {
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

    /**
     * Replaces a failed commit by its cause in words, which tells an operator why a start failed.
     */
    public static RuntimeException inWords(RuntimeException e, Database database) {
        return e instanceof StoreException && e.getCause() instanceof SQLException why
                ? StoreException.told(text(why, database), why)
                : e;
    }
}
