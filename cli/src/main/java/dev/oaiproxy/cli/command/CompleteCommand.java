package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.command.common.Names;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.settings.CliSettings;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Prints names for the completion scripts, one per line, some with a tab and a description. It
 * never asks and never complains: nobody wants to read an error while typing.
 */
@Command(
        name = "complete",
        hidden = true,
        description = "Print the names that a shell completes.",
        footer = {"  oaiproxy complete users", "  oaiproxy complete keys"})
final class CompleteCommand implements Runnable {
    /** What has names at the server. */
    enum NameSort {
        USERS,
        KEYS,
        SCOPES,
        MODELS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int MOST = 1_000;

    /** A shell expands the words that it is given, so no other characters may be in them. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._@+:/-]{1,128}");

    private final CommandContext context;

    @Parameters(paramLabel = "users|keys|scopes|models", description = "What to name.")
    private NameSort sort = NameSort.USERS;

    CompleteCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        boolean known =
                context.settings().value(CliSettings.ADMIN_USER).isPresent()
                        && context.settings().value(CliSettings.ADMIN_PASSWORD).isPresent();
        if (!known) {
            return;
        }
        try {
            names(new ConnectionOptions(context).client())
                    .filter(line -> HARMLESS.matcher(line.split("\t", 2)[0]).matches())
                    .limit(MOST)
                    .forEach(context.terminal().out()::println);
        } catch (Failure failure) {
            // No server, no names.
        }
    }

    private Stream<String> names(AdminClient client) {
        return switch (sort) {
            case USERS -> users(client).stream();
            case KEYS -> keys(client, "");
            case SCOPES ->
                    Stream.of(Stream.of("everyone"), users(client).stream(), keys(client, "key:"))
                            .flatMap(names -> names);
            case MODELS ->
                    client.prices(null).data().stream().map(AdminApi.Price::model).distinct();
        };
    }

    private static List<String> users(AdminClient client) {
        return new Names(client).users();
    }

    private static Stream<String> keys(AdminClient client, String prefix) {
        return client.keys(Query.none(), MOST).data().stream()
                .map(key -> prefix + key.id() + "\t" + described(key));
    }

    private static String described(AdminApi.Key key) {
        String label = Objects.requireNonNullElse(key.name(), "");
        return (key.user() + " " + label).replaceAll("[^A-Za-z0-9._@+ -]", "?").strip();
    }
}
