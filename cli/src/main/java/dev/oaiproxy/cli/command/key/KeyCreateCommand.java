package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.command.common.ClosestWord;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Names;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.KeyRows;
import dev.oaiproxy.cli.output.PersonFormat;
import dev.oaiproxy.cli.output.Terminal;
import dev.oaiproxy.cli.settings.TimeExpressions;
import dev.oaiproxy.cli.settings.UsdAmounts;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a key for a user. */
@Command(
        name = "create",
        description = {
            "Create a key. It is printed once, alone on stdout, and never shown again.",
            "",
            "A new user is created with it."
        },
        footer = {
            "  oaiproxy key create --user bob                          20 USD, once and for all",
            "  oaiproxy key create --user bob --quota 5 --expires 30d  5 USD for 30 days",
            "  oaiproxy key create --user bob --quota 5 --period month in each calendar month",
            "  oaiproxy key create -u ci -q none --expires 90d --models 'gpt-6*,gpt-5.6-luna'",
            "  export OPENAI_API_KEY=$(oaiproxy key create --user bob)"
        })
final class KeyCreateCommand implements Runnable {
    private final CommandContext context;
    @Mixin private final ConnectionOptions connection;
    @Mixin private final QuotaOptions quotaOptions = new QuotaOptions();

    @Option(
            names = {"-u", "--user", "--username"},
            required = true,
            paramLabel = "USER",
            description =
                    "Who the key is for: 1 to 64 of a-z 0-9 . _ @ + - (capitals become small)."
                            + " A new user is created.")
    private String user = "";

    @Option(
            names = {"-q", "--quota"},
            paramLabel = "USD",
            defaultValue = "20",
            description =
                    "The most that it may spend; none for no limit; default: ${DEFAULT-VALUE}.")
    private String quota = "";

    @Option(names = "--name", paramLabel = "LABEL", description = "A label, such as laptop.")
    private @Nullable String name;

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description = "The end of the key: 90d, or 2027-01-31 for the start of that day.")
    private @Nullable String expires;

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "GLOB",
            description =
                    "The models that it may use, such as gpt-6*; repeat, or separate by commas.")
    private @Nullable List<String> models;

    KeyCreateCommand(CommandContext context) {
        this.context = context;
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        if (user.isBlank()) {
            throw Failure.usage("--user is empty", "name who the key is for");
        }
        AdminApi.KeyRequest order = order();
        AdminClient client = connection.client();
        List<String> others = otherUsers(client);
        AdminApi.CreatedKey created = client.create(order);
        if (connection.printer().asJson()) {
            connection.printer().print(KeyRows.card(created.key()), created);
        } else {
            connection.terminal().out().println(created.secret());
        }
        explain(created);
        if (!others.isEmpty() && !others.contains(created.key().user())) {
            String name = created.key().user();
            String question = ClosestWord.question(name, others);
            connection.terminal().say("created the user " + name + question);
        }
    }

    /** The users before; none where that is not known. */
    private static List<String> otherUsers(AdminClient client) {
        try {
            return new Names(client).users();
        } catch (Failure failure) {
            return List.of();
        }
    }

    private AdminApi.KeyRequest order() {
        return new AdminApi.KeyRequest(
                user,
                UsdAmounts.limitOrNull(quota),
                quotaOptions.period(),
                name,
                expires == null ? null : new TimeExpressions(context.clock()).future(expires),
                models,
                quotaOptions.rpm(),
                quotaOptions.tpm(),
                quotaOptions.parallel(),
                null);
    }

    private void explain(AdminApi.CreatedKey created) {
        AdminApi.Key key = created.key();
        Terminal terminal = connection.terminal();
        String limit = key.quota().limitUsd();
        terminal.say("key " + key.id() + " for " + key.user());
        terminal.say(
                limit == null
                        ? "quota: no limit of its own"
                        : "quota: "
                                + PersonFormat.usd(limit)
                                + " USD ("
                                + key.quota().period()
                                + ")");
        if (key.expiresAt() != null) {
            terminal.say("expires: " + terminal.time(key.expiresAt()));
        }
        if (!key.models().isEmpty()) {
            terminal.say("models: " + String.join(", ", key.models()));
        }
        terminal.say("This is the only time that the key is shown. To use it:");
        String known = created.baseUrl();
        String baseUrl = known == null ? connection.server() + "/v1" : known;
        terminal.say("  base_url = \"" + baseUrl + "\"");
        terminal.say("  api_key  = the key");
        if (known == null) {
            terminal.say(
                    "This base_url is the address that you used. If users need a different one, set"
                            + " OAIPROXY_PUBLIC_URL on the server.");
        }
    }
}
