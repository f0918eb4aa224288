package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.cli.command.common.ServerOptions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for the settings of a set-up, with the short letters of the original program. */
@SuppressWarnings("UnusedVariable")
final class SetupOptions {
    /** SQLite or another database. */
    enum DbOption {
        SQLITE("SQLite"),
        OTHERS("Others");

        private final String label;

        DbOption(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    enum DbType {
        POSTGRESQL,
        MYSQL,
        MSSQL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = {"-o", "--db-option"},
            paramLabel = "SQLite|Others",
            description = "The kind of database; default: SQLite, or Others with --db-type.")
    private @Nullable DbOption option;

    @Option(
            names = {"-t", "--db-type"},
            paramLabel = "postgresql|mysql|mssql",
            description = "The type of the other database.")
    private @Nullable DbType type;

    @Option(
            names = {"-m", "--db-module"},
            paramLabel = "DRIVER",
            description = "Its JDBC driver; may be left out.")
    private @Nullable String module;

    @Option(
            names = {"-u", "--db-username"},
            paramLabel = "NAME",
            description = "The database's user.")
    private @Nullable String username;

    @Option(
            names = {"-w", "--db-password"},
            paramLabel = "PASSWORD",
            description = "The database's password; better set DB_PASSWORD.")
    private @Nullable String password;

    @Option(
            names = {"-b", "--db-host"},
            paramLabel = "HOST[:PORT]",
            description = "The database server; default: localhost.")
    private @Nullable String host;

    @Option(
            names = {"-d", "--db-name"},
            paramLabel = "NAME",
            description = "The database's name.")
    private @Nullable String database;

    @Option(
            names = {"-a", "--openai-api-key"},
            paramLabel = "KEY",
            description = "Your OpenAI key; better set OPENAI_API_KEY.")
    private @Nullable String openaiKey;

    @Option(
            names = {"-n", "--proxy-server-user"},
            paramLabel = "NAME",
            description = "The new admin user.")
    private @Nullable String adminUser;

    @Option(
            names = {"-p", "--proxy-server-pass"},
            paramLabel = "PASSWORD",
            description = "The new admin password; better set PROXY_SERVER_PASS.")
    private @Nullable String adminPassword;

    @Spec(Spec.Target.SELF)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** The given values by the names of their variables: {@code --db-type} is DB_TYPE. */
    Map<String, String> given() {
        var given = new LinkedHashMap<String, String>();
        for (OptionSpec option : spec.options()) {
            String variable = option.longestName().substring(2).replace('-', '_');
            ServerOptions.put(given, variable.toUpperCase(Locale.ROOT), option.getValue());
        }
        if (given.containsKey(SetupVariables.DB_TYPE)) {
            given.putIfAbsent(SetupVariables.DB_OPTION, DbOption.OTHERS.toString());
        }
        return given;
    }
}
