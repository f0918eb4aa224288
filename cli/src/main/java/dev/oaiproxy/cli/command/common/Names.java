package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Failure.FailureKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Finds what a person names, and says what there is instead where there is no such thing. */
public final class Names {
    private static final int MOST_USERS = 100_000;

    private final AdminClient client;

    public Names(AdminClient client) {
        this.client = client;
    }

    /** A key by its public id, or by the key itself. */
    public AdminApi.Key key(String text) {
        String id = Identifiers.publicId(text);
        try {
            return client.key(id);
        } catch (Failure failure) {
            throw failure.kind() == FailureKind.UNKNOWN && isUser(id) ? ofUser(id) : failure;
        }
    }

    /**
     * Does something with the scope of a quota. A bare name is a user's, or else the id of a key.
     */
    public AdminApi.Quota scope(String text, Function<String, AdminApi.Quota> action) {
        String scope = Identifiers.scope(text);
        if (!Identifiers.isBare(text)) {
            return action.apply(scope);
        }
        return known(() -> action.apply(scope))
                .or(() -> known(() -> action.apply("key:" + text)))
                .orElseThrow(() -> noSuchScope(text));
    }

    /** The users' names. */
    public List<String> users() {
        return client.users(MOST_USERS).data().stream().map(AdminApi.User::name).toList();
    }

    /** Refuses the name of nobody, for which a report would be empty. */
    public void requireUser(String name) {
        List<String> users = users();
        if (!users.contains(name.toLowerCase(Locale.ROOT))) {
            throw Failure.unknown(
                    "there is no user '" + name + "'" + ClosestWord.question(name, users),
                    "see who there is with `oaiproxy user list`");
        }
    }

    /** Refuses the name of a model that neither the price book nor any call has. */
    public void requireModel(String name) {
        Query all = Query.none().with("by", "model").with("since", "1970-01-01T00:00:00Z");
        boolean called =
                client.usage(all.with("model", name)).data().stream().findAny().isPresent();
        List<String> models =
                client.prices(null).data().stream().map(AdminApi.Price::model).toList();
        if (!called && !models.contains(name)) {
            throw Failure.unknown(
                    "no call used a model '" + name + "'" + ClosestWord.question(name, models),
                    "see the models with `oaiproxy usage --by model`");
        }
    }

    private boolean isUser(String name) {
        return known(this::users).orElse(List.of()).contains(name);
    }

    private static Failure ofUser(String name) {
        return Failure.unknown(
                "no key has the id " + name + ", but a user is called so",
                "see the user's keys with `oaiproxy key list --user " + name + "`");
    }

    private Failure noSuchScope(String text) {
        return Failure.unknown(
                "no user and no key is called '" + text + "'" + ClosestWord.question(text, users()),
                "see who there is with `oaiproxy user list`; a scope is bob, key:ID or everyone");
    }

    /** An answer; empty when the server knows no such thing. */
    private static <T> Optional<T> known(Supplier<T> request) {
        try {
            return Optional.of(request.get());
        } catch (Failure failure) {
            if (failure.kind() != FailureKind.UNKNOWN) {
                throw failure;
            }
            return Optional.empty();
        }
    }
}
