package dev.oaiproxy.cli.command.key;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Quota;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.PersonFormat;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The limits of a user's keys, which bind before the limit of the user does. */
final class TighterLimits {
    private static final String USER = "user:";
    private static final int MOST_KEYS = 1_000;
    private static final int MOST_TOLD = 3;

    private final AdminClient client;
    private final String amount;

    /**
     * Looks at keys after a change of their user's limit.
     *
     * @param amount what the person wanted to add, or the new limit
     */
    TighterLimits(AdminClient client, String amount) {
        this.client = client;
        this.amount = amount;
    }

    /** What to tell after a change of a quota: each key that has less left, and what to type. */
    List<String> notes(Quota changed) {
        if (!changed.scope().startsWith(USER)) {
            return List.of();
        }
        try {
            return told(changed, keysOf(changed.scope()));
        } catch (Failure failure) {
            // The change is done; what is said beside it is not worth an error.
            return List.of();
        }
    }

    /** The error of adding to a user's limit where only the user's keys have limits. */
    Failure nothingToAddTo(Quota quota) {
        String name = quota.scope().replaceFirst(USER, "");
        List<AdminApi.Key> keys =
                quota.scope().startsWith(USER) ? keysOf(quota.scope()) : List.of();
        List<String> limited = told(quota, keys);
        return limited.isEmpty()
                ? Failure.failed(
                        name + " has no limit to add to",
                        "set one with `oaiproxy quota set " + name + " " + amount + "`")
                : Failure.failed(
                        name + " has no limit to add to; the limit is on a key",
                        String.join("\n", limited));
    }

    private List<AdminApi.Key> keysOf(String scope) {
        Query query = Query.none().with("user", scope.substring(USER.length()));
        return client.keys(query, MOST_KEYS).data();
    }

    private List<String> told(Quota user, List<AdminApi.Key> keys) {
        List<AdminApi.Key> tighter =
                keys.stream()
                        .filter(key -> key.state().equals("active"))
                        .filter(key -> isTighter(key.quota(), user.remainingUsd()))
                        .toList();
        List<String> lines = new ArrayList<>();
        for (AdminApi.Key key : tighter.subList(0, Math.min(MOST_TOLD, tighter.size()))) {
            Quota quota = key.quota();
            lines.add(
                    "key %s%s binds first: %s of its %s USD (%s) left"
                            .formatted(
                                    key.id(),
                                    key.name() == null ? "" : " (" + key.name() + ")",
                                    PersonFormat.usd(String.valueOf(quota.remainingUsd())),
                                    PersonFormat.usd(String.valueOf(quota.limitUsd())),
                                    quota.period()));
            lines.add("to raise it: `oaiproxy quota add key:" + key.id() + " " + amount + "`");
        }
        if (tighter.size() > MOST_TOLD) {
            String name = user.scope().substring(USER.length());
            lines.add(
                    "and %d more keys; see `oaiproxy key list --user %s`"
                            .formatted(tighter.size() - MOST_TOLD, name));
        }
        return lines;
    }

    private static boolean isTighter(Quota key, @Nullable String left) {
        String own = key.remainingUsd();
        return own != null
                && (left == null || new BigDecimal(own).compareTo(new BigDecimal(left)) < 0);
    }
}
