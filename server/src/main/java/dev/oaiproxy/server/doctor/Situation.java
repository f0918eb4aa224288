package dev.oaiproxy.server.doctor;

import dev.oaiproxy.server.ConfigException;
import dev.oaiproxy.server.ServerConfig;
import dev.oaiproxy.server.Setting;
import dev.oaiproxy.server.store.Database;
import dev.oaiproxy.server.store.Inspection;
import dev.oaiproxy.server.store.Inspection.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all checks look at; what takes a while is looked at once, when the first one asks. */
final class Situation {
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(30);

    private final ServerConfig config;
    private final List<String> problems;
    private final Terms terms;
    private @Nullable Result seen;
    private @Nullable Running running;

    private Situation(ServerConfig config, List<String> problems, Terms terms) {
        this.config = config;
        this.problems = List.copyOf(problems);
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

    static Situation of(Surroundings around, Terms terms) {
        List<String> problems = new ArrayList<>();
        ServerConfig config =
                ServerConfig.examine(
                        around.distribution(),
                        around.environment(),
                        around.commandLine(),
                        problems);
        return new Situation(config, problems, terms);
    }

    ServerConfig config() {
        return config;
    }

    /** All that is wrong with the settings. */
    List<String> problems() {
        return problems;
    }

    boolean asksOpenAi() {
        return terms.openai();
    }

    InstantSource clock() {
        return terms.clock();
    }

    /** The database, where the settings say which. */
    Optional<Database> database() {
        try {
            return Optional.of(config.database());
        } catch (ConfigException told) {
            return Optional.empty();
        }
    }

    /** What the database looks like; empty when the settings do not say which. */
    Optional<Result> seen() {
        if (seen == null && database().isPresent()) {
            seen = Inspection.look(config.database(), clock(), nodeTimeout());
        }
        return Optional.ofNullable(seen);
    }

    /** The database from inside. */
    Optional<Result.Open> open() {
        return seen().filter(Result.Open.class::isInstance).map(Result.Open.class::cast);
    }

    /** Who has the port. */
    Running running() {
        if (running == null) {
            running = Running.at(config);
        }
        return running;
    }

    private Duration nodeTimeout() {
        try {
            return config.duration(Setting.NODE_TIMEOUT);
        } catch (ConfigException told) {
            return NODE_TIMEOUT;
        }
    }
}
