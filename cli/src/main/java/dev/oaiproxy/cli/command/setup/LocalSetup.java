package dev.oaiproxy.cli.command.setup;

import dev.oaiproxy.api.AdminApi.SetupDone;
import dev.oaiproxy.api.EnvFile;
import dev.oaiproxy.api.Passwords;
import dev.oaiproxy.cli.client.OpenAi;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.settings.HttpAddresses;
import dev.oaiproxy.cli.settings.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A set-up without a server: the checks that a server would make, then {@code .env}. */
final class LocalSetup {
    private static final String OPENAI = "https://api.openai.com/v1";

    private final CommandContext context;

    LocalSetup(CommandContext context) {
        this.context = context;
    }

    SetupDone run(Map<String, String> values, boolean offline) {
        checkPassword(values);
        checkDatabase(values);
        if (!offline) {
            checkKey(values.getOrDefault(SetupVariables.OPENAI_KEY, ""));
        }
        Path path = context.settings().envPath();
        write(path, values);
        return new SetupDone(path.toString(), database(values));
    }

    private static void checkPassword(Map<String, String> values) {
        String user = values.getOrDefault(SetupVariables.ADMIN_USER, "");
        Passwords.problem(user, values.getOrDefault(SetupVariables.ADMIN_PASSWORD, ""))
                .ifPresent(
                        problem -> {
                            int end = problem.indexOf("; ");
                            throw Failure.failed(
                                    problem.substring(0, end),
                                    problem.substring(end + 2)
                                            + " by `oaiproxy setup --generate-password`");
                        });
    }

    private void checkDatabase(Map<String, String> values) {
        var check = context.databaseCheck().get();
        if (check.isEmpty() && SetupVariables.otherDatabase(values)) {
            throw Failure.failed(
                    "the connection to the database is checked by the server, which is not running",
                    "start it with `oaiproxy serve`, then run setup again");
        }
        check.flatMap(database -> database.problem(values))
                .ifPresent(
                        problem -> {
                            throw Failure.failed(
                                    "the database cannot be used: " + problem,
                                    "nothing was written; correct the options that begin with"
                                            + " --db and run setup again");
                        });
    }

    private void checkKey(String key) {
        String base = context.settings().value("OPENAI_BASE_URL").orElse(OPENAI);
        URI url = HttpAddresses.http(base, "correct OPENAI_BASE_URL");
        OpenAi.check(url, new Secret(key));
    }

    /** Variables that the file has and that stay as they are keep their line, spelling and all. */
    private static void write(Path path, Map<String, String> values) {
        try {
            EnvFile file = EnvFile.read(path);
            var changes = new LinkedHashMap<>(values);
            changes.entrySet()
                    .removeIf(e -> Objects.equals(file.values().get(e.getKey()), e.getValue()));
            file.with(changes).write(path);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("a value cannot be kept: " + e.getMessage(), "choose another");
        } catch (IOException e) {
            throw Failure.failed(
                    "cannot write " + path + " (" + e.getClass().getSimpleName() + ")",
                    "see that its folder exists and is yours, or set OAIPROXY_HOME");
        }
    }

    private static String database(Map<String, String> values) {
        return SetupVariables.otherDatabase(values)
                ? values.get(SetupVariables.DB_TYPE) + " at " + values.get(SetupVariables.DB_HOST)
                : "SQLite";
    }
}
