package dev.oaiproxy.app.config;

import dev.oaiproxy.ledger.store.sql.Database;
import dev.oaiproxy.ledger.store.sql.Database.Access;
import dev.oaiproxy.ledger.store.sql.Database.Address;
import dev.oaiproxy.ledger.store.sql.Database.Encryption;
import dev.oaiproxy.ledger.store.sql.Database.Login;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The settings that name the database: a URL, else a type, else the file. */
public final class DatabaseSettings {
    private final ServerConfig config;

    private DatabaseSettings(ServerConfig config) {
        this.config = config;
    }

    private enum Option {
        SQLITE,
        OTHERS
    }

    private enum Tls {
        NONE,
        REQUIRE,
        VERIFY
    }

    /**
     * The database; a file in the home folder when nothing else is named.
     *
     * @throws ConfigException when the settings contradict each other or leave something out
     */
    public static Database of(ServerConfig config) {
        return new DatabaseSettings(config).database();
    }

    private Database database() {
        Database database = named(access());
        String driver = config.text(Setting.DB_MODULE);
        if (!driver.isEmpty() && !driver.equals(database.driver())) {
            throw new ConfigException(
                    Setting.DB_MODULE,
                    "empty, or " + database.driver() + ", the driver that comes with the program");
        }
        return database;
    }

    private Database named(Access access) {
        boolean others = option() == Option.OTHERS;
        if (!config.text(Setting.DB_URL).isEmpty()) {
            return withUrl(access);
        }
        if (!config.text(Setting.DB_TYPE).isEmpty()) {
            return onServer(access);
        }
        if (others) {
            throw new ConfigException(
                    Setting.DB_TYPE,
                    "postgresql, mysql or mssql when "
                            + Setting.DB_OPTION.fullName()
                            + " is Others");
        }
        return Database.file(config.home().resolve("proxy_api.db"));
    }

    private Option option() {
        return switch (config.text(Setting.DB_OPTION).toLowerCase(Locale.ROOT)) {
            case "sqlite" -> Option.SQLITE;
            case "others" -> Option.OTHERS;
            default -> throw new ConfigException(Setting.DB_OPTION, "SQLite or Others");
        };
    }

    private Database withUrl(Access access) {
        try {
            return Database.url(config.text(Setting.DB_URL), access);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(Setting.DB_URL.fullName() + ": " + e.getMessage(), e);
        }
    }

    private Database onServer(Access access) {
        Database.Type type = config.choice(Setting.DB_TYPE, Database.Type.class);
        for (Setting needed : new Setting[] {Setting.DB_NAME, Setting.DB_USERNAME}) {
            if (config.text(needed).isEmpty()) {
                throw new ConfigException(
                        needed.fullName()
                                + " is needed when "
                                + Setting.DB_TYPE.fullName()
                                + " is set");
            }
        }
        try {
            Address address =
                    new Address(config.text(Setting.DB_HOST), config.text(Setting.DB_NAME));
            return Database.server(type, address, access);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    Setting.DB_HOST.fullName()
                            + ", "
                            + Setting.DB_NAME.fullName()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private Access access() {
        return new Access(
                new Login(config.text(Setting.DB_USERNAME), config.text(Setting.DB_PASSWORD)),
                encryption());
    }

    private Encryption encryption() {
        Tls tls = config.choice(Setting.DB_TLS, Tls.class);
        String named = config.text(Setting.DB_TLS_CA);
        if (tls != Tls.VERIFY && !named.isEmpty()) {
            throw new ConfigException(
                    Setting.DB_TLS_CA.fullName()
                            + " checks nothing unless "
                            + Setting.DB_TLS.fullName()
                            + " is verify");
        }
        return switch (tls) {
            case NONE -> new Encryption.None();
            case REQUIRE -> new Encryption.Unchecked();
            case VERIFY -> new Encryption.Checked(named.isEmpty() ? null : authority(named));
        };
    }

    private Path authority(String named) {
        Path file = config.home().resolve(named);
        if (!Files.isReadable(file)) {
            throw new ConfigException(
                    Setting.DB_TLS_CA.fullName() + ": the file " + file + " cannot be read");
        }
        try {
            Database.requireCertificates(file);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(Setting.DB_TLS_CA.fullName() + ": " + e.getMessage(), e);
        }
        return file;
    }
}
