package dev.oaiproxy.cli.command.usage;

import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.command.common.Identifiers;
import dev.oaiproxy.cli.command.common.Names;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select calls by user, key and model. */
final class CallFilterOptions {
    @Option(names = "--user", paramLabel = "USER", description = "One user only.")
    private @Nullable String user;

    @Option(names = "--key", paramLabel = "KEY", description = "One key only.")
    private @Nullable String key;

    @Option(names = "--model", paramLabel = "MODEL", description = "One model only.")
    private @Nullable String model;

    /** Refuses names that nothing has; for a report that is empty. */
    void requireKnown(AdminClient client) {
        Names names = new Names(client);
        if (user != null) {
            names.requireUser(user);
        }
        if (key != null) {
            names.key(key);
        }
        if (model != null) {
            names.requireModel(model);
        }
    }

    /** A query with these filters behind its own parameters. */
    Query addTo(Query query) {
        return query.with("user", user)
                .with("key", key == null ? null : Identifiers.publicId(key))
                .with("model", model);
    }
}
