package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who sends a request, as the log is to name them when it is refused.
 *
 * @param presented what was presented as a key, or null; only its public id is logged, and that
 *     only when the key has been found to be one of ours
 */
record ClientIdentity(
        RefusalLog refusalLog,
        RefusalErrors refusalErrors,
        @Nullable String presented,
        String address) {
    /** Turns a refusal into the error that is answered. */
    OpenAiError refuse(Refusal why) {
        OpenAiError error = refusalErrors.of(why);
        String reason = reason(why, error);
        Optional<String> key = isKnown(why) ? publicId() : Optional.empty();
        key.ifPresentOrElse(
                id -> refusalLog.add(reason, id, address), () -> refusalLog.add(reason, address));
        return error;
    }

    /** Turns away one whose path leads nowhere, before anybody has been asked for a key. */
    OpenAiError refusePath() {
        return refuse(refusalErrors.unknownPath());
    }

    /** The same for what is refused before anybody has been asked for a key. */
    OpenAiError refuse(OpenAiError error) {
        refusalLog.add(reason(error), address);
        return error;
    }

    private Optional<String> publicId() {
        return Optional.ofNullable(presented)
                .flatMap(Secret::parse)
                .map(secret -> secret.id().text());
    }

    /** Keys cannot be read where the ledger is not available, so nobody is known then. */
    private static boolean isKnown(Refusal why) {
        return switch (why) {
            case Refusal.UnknownKey _ -> false;
            case Refusal.NotGranted(Grant.Unavailable _) -> false;
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
