package dev.oaiproxy.app.doctor;

import dev.oaiproxy.app.boot.SettingCheck;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What all checks look at; what takes a while is looked at once, when the first one asks. */
final class DoctorContext {
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(30);

    private final ServerConfig config;
    private final List<String> problems;
    private final Path distribution;
    private final Terms terms;
    private @Nullable Result seen;
    private @Nullable PortOwner portOwner;

    private DoctorContext(
            ServerConfig config, List<String> problems, Path distribution, Terms terms) {
        this.config = config;
        this.problems = List.copyOf(problems);
        this.distribution = distribution;
        this.terms = terms;
    }

    /** Where settings come from. */
    record Surroundings(
            Path distribution, Map<String, String> environment, Map<String, String> commandLine) {}

    /**
     * What was asked for.
     *
     * @param openai whether to try the key at OpenAI
     */
    record Terms(boolean openai, InstantSource clock) {}

    static DoctorContext of(Surroundings around, Terms terms) {
        List<String> problems = new ArrayList<>();
        ServerConfig config =
                ServerConfig.examine(
                        around.distribution(),
                        around.environment(),
                        around.commandLine(),
                        problems);
        problems.addAll(SettingCheck.problems(config));
        return new DoctorContext(config, problems, around.distribution(), terms);
    }

    ServerConfig config() {
        return config;
    }

    /** All that is wrong with the settings. */
    List<String> problems() {
        return problems;
    }

    /** Where the program lies. */
    Path distribution() {
        return distribution;
    }

    /**
     * What the server's user can read and this one cannot. Then nothing is known of what lies in
     * the folder, or is set there, such as which database it is.
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

    boolean asksOpenAi() {
        return terms.openai();
    }

    InstantSource clock() {
        return terms.clock();
    }

    /** The database, where the settings say which. */
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

    /** What the database looks like; empty when the settings do not say which. */
    Optional<Result> seen() {
        if (seen == null && database().isPresent()) {
            seen = DatabaseProbe.look(DatabaseSettings.of(config), clock(), nodeTimeout());
        }
        return Optional.ofNullable(seen);
    }

    /** The database from inside. */
    Optional<Result.Open> open() {
        return seen().filter(Result.Open.class::isInstance).map(Result.Open.class::cast);
    }

    /** Who has the port. */
    PortOwner running() {
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
