package dev.oaiproxy.app.boot;

import dev.oaiproxy.api.AdminApi.SetupResult;
import dev.oaiproxy.api.EnvFile;
import dev.oaiproxy.api.SetupRequest;
import dev.oaiproxy.app.config.DatabaseSettings;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.ledger.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Sets an installation up while no server runs: runs the checks, then writes {@code .env}. */
public final class OfflineSetup {
    private OfflineSetup() {}

    /**
     * Checks the settings and writes them; all of them or none.
     *
     * @param distribution the folder of the program
     * @throws IllegalArgumentException when a setting is wrong; the message names it and the remedy
     * @throws ConfigException when a setting has a value that it cannot have
     */
    public static SetupResult run(
            SetupRequest setup, Path distribution, Map<String, String> environment) {
        Map<String, String> variables = setup.variables();
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables);
        ServerConfig config = SettingCheck.require(ServerConfig.load(distribution, all, Map.of()));
        FirstSetup.problem(config, setup)
                .or(() -> databaseProblem(config))
                .ifPresent(
                        problem -> {
                            throw new IllegalArgumentException(problem);
                        });
        try {
            EnvFile.read(config.envFile()).with(variables).write(config.envFile());
        } catch (IOException e) {
            throw new IllegalArgumentException(FirstSetup.notWritten(e), e);
        }
        return new SetupResult(config.envFile().toString(), DatabaseSettings.of(config).toString());
    }

    static Optional<String> databaseProblem(ServerConfig config) {
        return Store.problem(DatabaseSettings.of(config))
                .map("the database cannot be used: "::concat);
    }
}
