package dev.oaiproxy.app.boot;

import dev.oaiproxy.api.AdminApi.SetupResult;
import dev.oaiproxy.api.EnvFile;
import dev.oaiproxy.api.Passwords;
import dev.oaiproxy.api.SetupRequest;
import dev.oaiproxy.app.admin.SetupHandler.SetupOutcome;
import dev.oaiproxy.app.config.ConfigException;
import dev.oaiproxy.app.config.DatabaseSettings;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.ledger.store.sql.StoreException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * The first set-up of a running server: checks the settings, puts them in force, and writes them to
 * {@code .env}; all of it or nothing.
 */
final class FirstSetup {
    private final Server server;

    FirstSetup(Server server) {
        this.server = server;
    }

    synchronized SetupOutcome run(SetupRequest setup) {
        return server.isOpen() ? new SetupOutcome.AlreadyDone() : attempt(setup);
    }

    private SetupOutcome attempt(SetupRequest setup) {
        Map<String, String> variables = setup.variables();
        try {
            ServerConfig config = server.configWith(variables);
            Optional<String> problem = problem(config, setup);
            if (problem.isPresent()) {
                return new SetupOutcome.Wrong(problem.get());
            }
            // Made before anything is in force, since a value may be one that the file cannot hold.
            EnvFile file = EnvFile.read(config.envFile()).with(variables);
            server.open(config, file).noteSetup(variables.keySet());
            return new SetupOutcome.Done(
                    new SetupResult(
                            config.envFile().toString(), DatabaseSettings.of(config).toString()));
        } catch (ConfigException | StoreException | IllegalArgumentException e) {
            return new SetupOutcome.Wrong(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new SetupOutcome.Wrong(notWritten(e));
        }
    }

    /** The first problem that can be found without the database. */
    static Optional<String> problem(ServerConfig config, SetupRequest setup) {
        if (!config.isSetUp()) {
            return Optional.of(
                    "openai_api_key, proxy_server_user and proxy_server_pass are needed");
        }
        String user = config.text(Setting.PROXY_SERVER_USER);
        return Passwords.problem(user, config.text(Setting.PROXY_SERVER_PASS))
                .or(() -> setup.offline() ? Optional.empty() : keyProblem(config));
    }

    static String notWritten(IOException cause) {
        return "nothing was changed, because .env could not be written: " + cause.getMessage();
    }

    private static Optional<String> keyProblem(ServerConfig config) {
        return switch (ApiKeyCheck.of(config)) {
            case ApiKeyCheck.Accepted _ -> Optional.empty();
            case ApiKeyCheck.Rejected refused ->
                    Optional.of(
                            "OpenAI refused the key (HTTP "
                                    + refused.status()
                                    + "); check it, or use --offline to skip this check");
            case ApiKeyCheck.Undecided undecided ->
                    Optional.of(
                            "OpenAI did not say whether the key is valid (HTTP "
                                    + undecided.status()
                                    + "); try again, or use --offline to skip this check");
            case ApiKeyCheck.Unreachable _ ->
                    Optional.of(
                            "OpenAI could not be reached at "
                                    + config.openAi()
                                    + "; use --offline to skip this check");
        };
    }
}
