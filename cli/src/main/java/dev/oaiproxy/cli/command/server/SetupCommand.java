package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.api.AdminApi.SetupResult;
import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.api.Passwords;
import dev.oaiproxy.api.SetupRequest;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.AdminEndpoint;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Terminal;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sets a server up. */
@Command(
        name = "setup",
        description = {
            "Check the OpenAI key, the admin login and the database, and write them to .env.",
            "",
            "A running server without settings takes them at once; if none runs, the file is"
                    + " written here. Missing values come from the environment, or are asked for.",
            "--db_type and --db-type are the same, and so are all such pairs. Values that .env"
                    + " has are replaced only when you say so; the old file is kept as .env.old."
        },
        footer = {
            "  oaiproxy setup                             answer questions; SQLite",
            "  OPENAI_API_KEY=sk-... PROXY_SERVER_PASS=... oaiproxy setup -n admin",
            "  oaiproxy setup -o Others -t postgresql -u oaip -b db.example.com -d oaip",
            "  oaiproxy setup --generate-password         with a generated password",
            "  oaiproxy setup --offline                   without a check of the OpenAI key"
        })
public final class SetupCommand implements Runnable {
    private final CommandContext context;
    @Mixin private final SetupOptions options = new SetupOptions();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The server; default: OAIPROXY_URL, or http://localhost:5000.")
    private @Nullable String url;

    @Option(names = "--offline", description = "Do not check the OpenAI key.")
    private boolean offline;

    @Option(
            names = "--generate-password",
            description = "Generate the admin password, and print it once.")
    private boolean generatePassword;

    @Mixin private final EnvReplacement replacement;

    SetupCommand(CommandContext context) {
        this.context = context;
        this.replacement = new EnvReplacement(context.settings());
    }

    @Override
    public void run() {
        Map<String, String> given = options.given();
        warn(given);
        if (generatePassword) {
            given.put(SetupVariables.ADMIN_PASSWORD, Passwords.make());
        }
        URI server = context.settings().server(Optional.ofNullable(url));
        Terminal terminal = context.terminal();
        if (terminal.prompts().isPresent()) {
            sayWhere(server);
        }
        var questions = new SetupQuestions(context.settings(), terminal);
        Map<String, String> values = questions.complete(given);
        SetupResult done = done(server, questions, values);
        if (generatePassword || questions.passwordMade()) {
            terminal.out().println(values.get(SetupVariables.ADMIN_PASSWORD));
            terminal.say("the admin password: it is shown only once, and kept in .env");
        }
        terminal.say("wrote " + done.envFile() + "; the database is " + done.database());
        terminal.say("next: `oaiproxy key create --user NAME --quota 5`");
    }

    /** Tells who gets the settings, before a person types any. */
    private void sayWhere(URI server) {
        Terminal terminal = context.terminal();
        try {
            client(server).status();
        } catch (Failure failure) {
            switch (failure.kind()) {
                case UNREACHABLE -> {
                    if (url != null) {
                        throw failure;
                    }
                    terminal.say(
                            "no server runs at "
                                    + server
                                    + ", so this writes "
                                    + replacement.file());
                }
                case UNAUTHORISED ->
                        throw Failure.failed(
                                "the server at " + server + " has been set up",
                                "to change a setting, edit its .env and start it again; for another"
                                        + " server give --url");
                case FAILED, UNKNOWN, USAGE ->
                        terminal.say("the server at " + server + " gets these settings");
            }
        }
    }

    /** Hands the settings over; what a person typed wrongly is asked for once more. */
    private SetupResult done(URI server, SetupQuestions questions, Map<String, String> values) {
        while (true) {
            try {
                return done(server, values);
            } catch (Failure failure) {
                String problem = String.valueOf(failure.getMessage());
                if (failure.kind() != Failure.FailureKind.FAILED || !questions.wereAsked()) {
                    throw failure;
                }
                context.terminal().say(problem + "; " + failure.advice());
                if (!questions.correct(values, problem) && !questions.tryAgain()) {
                    throw failure;
                }
            }
        }
    }

    private SetupResult done(URI server, Map<String, String> values) {
        SetupRequest setup = offline ? SetupRequest.offline(values) : SetupRequest.of(values);
        try {
            return client(server).begin(setup);
        } catch (Failure failure) {
            if (failure.kind() != Failure.FailureKind.UNREACHABLE || url != null) {
                throw failure;
            }
            replacement.keepOld(values, context.terminal());
            SetupResult done = withoutServer(setup);
            context.terminal()
                    .say("no server runs at " + server + "; start it with `oaiproxy serve`");
            return done;
        }
    }

    private AdminClient client(URI server) {
        return new AdminClient(
                new AdminEndpoint(server, Optional.empty(), context.settings().authority()));
    }

    private SetupResult withoutServer(SetupRequest setup) {
        OfflineTools tools =
                context.tools("settings are checked by the server, which is not installed here");
        try {
            return tools.runSetup(setup, context.settings().environmentWithHome());
        } catch (IllegalArgumentException wrong) {
            throw Failure.told(
                    String.valueOf(wrong.getMessage()),
                    "nothing was written; correct it and run setup again");
        }
    }

    private void warn(Map<String, String> given) {
        SetupVariables.ALL.stream()
                .filter(SetupVariables.SECRET::contains)
                .filter(given::containsKey)
                .forEach(context::warnOfSecret);
    }
}
