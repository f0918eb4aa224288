package dev.oaiproxy.app;

import dev.oaiproxy.api.DatabaseCheck;
import dev.oaiproxy.ledger.store.Store;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Tells the command line, where no server runs, whether one could work with these settings. */
public final class SetupCheck implements DatabaseCheck {
    @Override
    public Optional<String> problem(Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(variables);
        Quiet.migrations();
        try {
            ServerConfig config =
                    ServerConfig.load(
                            Path.of(System.getProperty("oaiproxy.home", "")),
                            environment,
                            Map.of());
            return Store.problem(config.database());
        } catch (ConfigException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
