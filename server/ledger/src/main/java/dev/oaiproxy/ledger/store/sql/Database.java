package dev.oaiproxy.ledger.store.sql;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The address and access of a database. Its text form has no password. */
public final class Database {
    /** The time limit for making a connection. */
    public static final Duration CONNECT = Duration.ofSeconds(2);

    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");
    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\"'`;{}\\[\\]\\\\/?#]{1,63}");
    private static final Pattern URL =
            Pattern.compile("jdbc:(postgresql|mysql|sqlserver)://([^/?;]+)(?:/([^?;]*))?([?;].*)?");
    private static final Pattern NAME_PARAMETER =
            Pattern.compile("(?i);database(?:Name)?=\\{?([^;}]+)");
    private static final Pattern PASSWORD_PARAMETER = Pattern.compile("(?i)[?&;](password|pwd)=");
    private static final Pattern TLS_PARAMETER =
            Pattern.compile("(?i)[?&;](ssl|sslmode|usessl|encrypt|trustServerCertificate)=");
    private static final String SQLITE = "jdbc:sqlite:";

    private final Dialect dialect;
    private final String url;
    private final Address address;
    private final Access access;
    private final @Nullable Path file;
    private final boolean watched;

    private Database(Dialect dialect, String url, Address address, Access access) {
        this.dialect = dialect;
        this.url = url;
        this.address = address;
        this.access = access;
        this.file = null;
        this.watched = false;
    }

    private Database(Path file, String url, boolean watched) {
        this.dialect = Sqlite.DIALECT;
        this.url = url;
        this.address = new Address("localhost", "file");
        this.access = new Access(new Login("", ""), new Encryption.None());
        this.file = file;
        this.watched = watched;
    }

    /** The kinds of servers. */
    public enum Type {
        POSTGRESQL,
        MYSQL,
        MSSQL
    }

    /**
     * The address of a database.
     *
     * @param host the server, with or without a port
     */
    public record Address(String host, String name) {
        public Address {
            require(HOST.matcher(host).matches(), "the database's host must be host or host:port");
            require(
                    NAME.matcher(name).matches(),
                    "the database's name must not be empty, or have quotes, brackets or the like");
        }

        String encodedName() {
            return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        }
    }

    /** User and password. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return user;
        }
    }

    /** The encryption of a connection, and the check of the server's name. */
    public sealed interface Encryption {
        /** No encryption. */
        record None() implements Encryption {}

        /** Encryption without a check of the server. */
        record Unchecked() implements Encryption {}

        /**
         * Encryption with a server that proves its name.
         *
         * @param authority a PEM file of certificate authorities; null for those of the JVM
         */
        record Checked(@Nullable Path authority) implements Encryption {}

        /** The encryption that the URL asks for. */
        record OfUrl() implements Encryption {}
    }

    /** The login and the encryption. */
    public record Access(Login login, Encryption encryption) {}

    /**
     * The settings of one connection.
     *
     * @param silence the longest silence of the server
     */
    record Terms(Duration silence, Encryption encryption) {
        /** The longest wait of a statement for a lock; the server reports it, not the driver. */
        Duration lockWait() {
            return silence.dividedBy(2);
        }
    }

    /** A SQLite file, made when it does not exist. */
    public static Database file(Path path) {
        return new Database(path, SQLITE + path, false);
    }

    /** A database on a server. */
    public static Database server(Type type, Address address, Access access) {
        Dialect dialect = dialect(type);
        return new Database(dialect, dialect.url(address), address, access);
    }

    /**
     * A database by its JDBC URL, which can say more than the settings.
     *
     * @throws IllegalArgumentException when it is not one of those above, has a password in it,
     *     which would be printed somewhere, or contradicts the encryption
     */
    public static Database url(String url, Access access) {
        if (url.startsWith(SQLITE)) {
            return file(Path.of(url.substring(SQLITE.length())));
        }
        Matcher parts = URL.matcher(url);
        require(
                parts.matches(),
                "a URL begins with jdbc:postgresql://, jdbc:mysql:// (for MariaDB, too),"
                        + " jdbc:sqlserver:// or jdbc:sqlite:");
        require(
                !PASSWORD_PARAMETER.matcher(url).find() && !parts.group(2).contains("@"),
                "a URL must not contain user and password; set DB_USERNAME and DB_PASSWORD");
        boolean ofUrl = TLS_PARAMETER.matcher(url).find();
        require(
                !ofUrl || access.encryption() instanceof Encryption.None,
                "both the URL and db.tls configure encryption; remove one of the two");
        String type = parts.group(1).replace("sqlserver", "mssql").toUpperCase(Locale.ROOT);
        Access all = ofUrl ? new Access(access.login(), new Encryption.OfUrl()) : access;
        return new Database(dialect(Type.valueOf(type)), url, address(parts), all);
    }

    private static Address address(Matcher url) {
        Matcher named = NAME_PARAMETER.matcher(Optional.ofNullable(url.group(4)).orElse(""));
        String name = named.find() ? named.group(1) : Optional.ofNullable(url.group(3)).orElse("");
        // With several hosts, the first one stands for all.
        return new Address(url.group(2).replaceFirst(",.*", ""), name);
    }

    private static Dialect dialect(Type type) {
        return switch (type) {
            case POSTGRESQL -> Postgres.DIALECT;
            case MYSQL -> MySql.DIALECT;
            case MSSQL -> SqlServer.DIALECT;
        };
    }

    /**
     * The same database, read only. A SQLite file that nobody has open is opened as immutable,
     * since even a reader would make other files beside it.
     */
    public Database onlyRead() {
        if (file == null) {
            return this;
        }
        Path real = real(file);
        boolean open = Files.exists(real.resolveSibling(real.getFileName() + "-wal"));
        String immutable = "file:" + real.toUri().getRawPath() + "?immutable=1";
        return new Database(file, SQLITE + (open ? real.toString() : immutable), true);
    }

    /** SQLite has its other files beside the one that a symbolic link leads to. */
    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException unseen) {
            return file.toAbsolutePath();
        }
    }

    /**
     * Reads the certificates of a file that {@link Encryption.Checked} is to trust.
     *
     * @throws IllegalArgumentException when there are none that can be read
     */
    public static void requireCertificates(Path pem) {
        TrustStore.read(pem);
    }

    /** The class of the driver that is used. */
    public String driver() {
        return dialect.driver();
    }

    /**
     * Connects by this database's own driver. {@link java.sql.DriverManager} would load all of
     * them, and check the signature of one.
     *
     * @param properties the driver's properties besides the URL
     */
    public Connection connect(Properties properties) throws SQLException {
        try {
            Driver driver =
                    Class.forName(driver())
                            .asSubclass(Driver.class)
                            .getDeclaredConstructor()
                            .newInstance();
            Connection connection = driver.connect(url, properties);
            if (connection == null) {
                throw new SQLException("the driver does not know this address", "08001");
            }
            return connection;
        } catch (ReflectiveOperationException e) {
            throw new SQLException("no driver " + driver(), "08001", e);
        }
    }

    public Dialect dialect() {
        return dialect;
    }

    public String url() {
        return url;
    }

    public Address address() {
        return address;
    }

    /** The file of a SQLite database. */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** True for a database on a server, which processes can share. */
    public boolean isShared() {
        return file == null;
    }

    /** True when the connection does not leave this machine. */
    public boolean isHere() {
        return !isShared() || address.host().matches("(localhost|127\\.[0-9.]+|\\[::1])(:\\d+)?");
    }

    String user() {
        return access.login().user();
    }

    /** The driver's properties besides the URL. */
    public Properties properties(Duration silence) {
        if (watched) {
            return Sqlite.onlyReading();
        }
        Properties properties = dialect.properties(new Terms(silence, access.encryption()));
        if (!user().isEmpty()) {
            properties.setProperty("user", user());
            properties.setProperty("password", access.login().password());
        }
        return properties;
    }

    /** The database for people, such as {@code postgresql db.example.com:5432/ledger}. */
    @Override
    public String toString() {
        String place = file == null ? address.host() + "/" + address.name() : file.toString();
        return dialect.label() + " " + place;
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
