package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client of a request, as the log of refusals names it.
 *
 * @param presented the presented key, or null; only its public id is logged, and only when it is a
 *     known key
 */
record ClientIdentity(
        RefusalLog refusalLog,
        RefusalErrors refusalErrors,
        @Nullable String presented,
        String address) {
    /** Logs a refusal, and turns it into the error of the response. */
    OpenAiError refuse(Refusal why) {
        OpenAiError error = refusalErrors.of(why);
        String reason = reason(why, error);
        refusalLog.add(reason, isKnown(why) ? publicId().orElse(null) : null, address);
        return error;
    }

    /** Refuses an unknown path, before the key has been looked up. */
    OpenAiError refusePath() {
        return refuse(refusalErrors.unknownPath());
    }

    /** Logs an error that is sent before the key has been looked up. */
    OpenAiError refuse(OpenAiError error) {
        refusalLog.add(reason(error), null, address);
        return error;
    }

    private Optional<String> publicId() {
        return Optional.ofNullable(presented)
                .flatMap(Secret::parse)
                .map(secret -> secret.id().text());
    }

    /** True when the key is known. While the ledger is unavailable, no key can be looked up. */
    private static boolean isKnown(Refusal why) {
        return switch (why) {
            case Refusal.UnknownKey _ -> false;
            case Refusal.LedgerUnavailable _ -> false;
            default -> true;
        };
    }

    private static String reason(Refusal why, OpenAiError error) {
        return switch (why) {
            case Refusal.UnknownKey key -> key.presented() ? "unknown_key" : "no_key";
            case Refusal.RevokedKey _ -> "revoked_key";
            case Refusal.ExpiredKey _ -> "expired_key";
            default -> reason(error);
        };
    }

    private static String reason(OpenAiError error) {
        if (error.code() != null) {
            return error.code();
        }
        return error.status() == 404 ? "not_found" : "bad_request";
    }
}
