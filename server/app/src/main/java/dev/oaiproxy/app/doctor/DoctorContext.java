package dev.oaiproxy.app.doctor;

import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.app.config.DatabaseSettings;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.ledger.store.copy.DatabaseProbe;
import dev.oaiproxy.ledger.store.copy.DatabaseProbe.Result;
import dev.oaiproxy.ledger.store.sql.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The installation that all checks look at. Slow lookups are done once, on first use. */
final class DoctorContext {
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(30);

    private final ServerConfig config;
    private final List<String> problems;
    private final Path distribution;
    private final InstantSource clock;
    private @Nullable Result seen;
    private @Nullable PortOwner portOwner;

    DoctorContext(
            ServerConfig config, List<String> problems, Path distribution, InstantSource clock) {
        this.config = config;
        this.problems = List.copyOf(problems);
        this.distribution = distribution;
        this.clock = clock;
    }

    ServerConfig config() {
        return config;
    }

    /** The problems of the settings. */
    List<String> problems() {
        return problems;
    }

    /** The folder of the program. */
    Path distribution() {
        return distribution;
    }

    /**
     * The folder or file that this user cannot read. Then the settings, and with them the database,
     * are unknown.
     */
    Optional<Path> hidden() {
        Path home = config.home();
        boolean open = Files.isReadable(home) && Files.isExecutable(home);
        if (!open && !Files.notExists(home)) {
            return Optional.of(home);
        }
        return Stream.of(config.envFile(), config.yamlFile())
                .filter(file -> !Files.notExists(file) && !Files.isReadable(file))
                .findFirst();
    }

    InstantSource clock() {
        return clock;
    }

    /** The database; empty when the settings do not name one. */
    Optional<Database> database() {
        if (hidden().isPresent()) {
            return Optional.empty();
        }
        try {
            return Optional.of(DatabaseSettings.of(config));
        } catch (ConfigException told) {
            return Optional.empty();
        }
    }

    /** The state of the database; empty when the settings do not name one. */
    Optional<Result> seen() {
        if (seen == null && database().isPresent()) {
            seen = DatabaseProbe.look(DatabaseSettings.of(config), clock(), nodeTimeout());
        }
        return Optional.ofNullable(seen);
    }

    /** The state of a database that can be opened. */
    Optional<Result.Open> open() {
        return seen().filter(Result.Open.class::isInstance).map(Result.Open.class::cast);
    }

    PortOwner portOwner() {
        if (portOwner == null) {
            portOwner = PortOwner.at(config);
        }
        return portOwner;
    }

    private Duration nodeTimeout() {
        try {
            return config.duration(Setting.NODE_TIMEOUT);
        } catch (ConfigException told) {
            return NODE_TIMEOUT;
        }
    }
}
