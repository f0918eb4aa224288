package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.encoding.RequestBody;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.Headers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns each refusal into an error that OpenAI's SDKs understand. */
public final class RefusalErrors {
    private static final Duration BUSY_RETRY = Duration.ofSeconds(5);

    private static final int MOST_NAMES = 20;

    private final RefusalLog refusalLog;
    private final String baseUrl;
    private final String contact;
    private final QuotaErrors quota;

    /**
     * @param refusalLog logs refused requests
     * @param baseUrl the base URL for clients; empty when unknown
     * @param contact the person or address that users ask for more; empty when unknown
     */
    public RefusalErrors(
            RefusalLog refusalLog, Optional<String> baseUrl, Optional<String> contact) {
        this.refusalLog = refusalLog;
        this.contact = contact.orElse("your administrator");
        this.quota = new QuotaErrors(this.contact);
        this.baseUrl = baseUrl.orElse("this server's address followed by /v1");
    }

    /**
     * The client of this thread's request.
     *
     * @param presented the presented key, or null
     */
    ClientIdentity client(@Nullable String presented) {
        return new ClientIdentity(refusalLog, this, presented, ClientConnection.currentAddress());
    }

    OpenAiError of(Refusal refusal) {
        return switch (refusal) {
            case Refusal.UnknownKey key -> unauthorized(wrongKey(key));
            case Refusal.RevokedKey key ->
                    unauthorized("The API key " + key.id() + " has been revoked.");
            case Refusal.ExpiredKey key ->
                    unauthorized("The API key " + key.id() + " has expired.");
            case Refusal.UnknownPath _ -> unknownPath();
            case Refusal.NoHandshake _ -> noHandshake();
            case Refusal.WrongMethod wrong -> wrongMethod(wrong);
            case Refusal.Forbidden forbidden ->
                    OpenAiError.invalid(403, "operation_not_allowed", forbidden.why());
            case Refusal.NoSuchObject none -> NotFoundErrors.of(none.reference());
            case Refusal.TooLarge larger -> tooLarge(larger.most());
            case Refusal.UnknownCoding coding -> unknownCoding(coding);
            case Refusal.NoRoom _ -> noRoom();
            case Refusal.Malformed bad ->
                    OpenAiError.invalid(400, null, bad.message()).about(bad.param());
            case Refusal.BadLine line -> badLine(line);
            case Refusal.Crowded _ ->
                    rateLimit(
                            "requests",
                            "This proxy is busy reading other input files.",
                            BUSY_RETRY);
            case Refusal.Unpriced model -> unpriced(model);
            case Refusal.UnpricedTier tier -> unpricedTier(tier);
            case Refusal.ModelNotAllowed model -> notAllowed(model);
            case Refusal.NotGranted denied -> notGranted(denied);
            case Refusal.Unreachable _ ->
                    OpenAiError.passing(
                            502,
                            "upstream_unreachable",
                            "OpenAI could not be reached. You were not charged; please try again.");
            case Refusal.Broken broken -> broken(broken);
            case Refusal.Redirected _ -> redirected();
            case Refusal.OperatorTrouble _ ->
                    OpenAiError.lasting(
                            503,
                            "upstream_account_problem",
                            "OpenAI refused this proxy's own account. You were not"
                                    + " charged; please tell your administrator.");
            case Refusal.NotRecorded _ ->
                    OpenAiError.lasting(
                            503,
                            "not_recorded",
                            "The call could not be recorded; so its response was withheld.");
        };
    }

    OpenAiError unknownPath() {
        return OpenAiError.invalid(
                404,
                "unknown_url",
                "Unknown request URL. This proxy serves only the operations that it can meter,"
                        + " such as /v1/chat/completions. Your client's base URL must be "
                        + baseUrl
                        + ".");
    }

    private static OpenAiError noHandshake() {
        return OpenAiError.invalid(
                        426,
                        "upgrade_required",
                        "This URL needs a WebSocket handshake. A reverse proxy in front of this"
                                + " proxy must use HTTP/1.1 and pass on the headers Upgrade and"
                                + " Connection.")
                .with("Upgrade", "websocket");
    }

    private static OpenAiError tooLarge(long most) {
        long megabytes = most >> 20;
        boolean even = megabytes << 20 == most;
        return OpenAiError.invalid(
                413,
                "request_too_large",
                "The request body is too large. For this operation, this proxy accepts at most "
                        + (even ? megabytes + " MB." : most + " bytes."));
    }

    private static OpenAiError unknownCoding(Refusal.UnknownCoding coding) {
        return OpenAiError.invalid(
                        415,
                        "unsupported_content_encoding",
                        "This proxy cannot decode the Content-Encoding `"
                                + coding.name()
                                + "`. Send the body unencoded, or encoded as "
                                + RequestBody.ACCEPTED
                                + ".")
                .with("Accept-Encoding", RequestBody.ACCEPTED);
    }

    private static OpenAiError noRoom() {
        return OpenAiError.passing(
                        503,
                        "server_busy",
                        "This proxy has no memory left for this request. You were"
                                + " not charged; please try again.")
                .with("Retry-After", Long.toString(BUSY_RETRY.toSeconds()));
    }

    static OpenAiError notSetUp() {
        return OpenAiError.lasting(
                503,
                "not_set_up",
                "This proxy has not been set up yet. Its administrator runs: oaiproxy" + " setup");
    }

    /** The error for a batch with a line that cannot be passed on. */
    private OpenAiError badLine(Refusal.BadLine line) {
        OpenAiError why = of(line.why());
        String id = line.customId() == null ? "" : " (custom_id '" + line.customId() + "')";
        return OpenAiError.invalid(
                        400,
                        why.code(),
                        "Line %d of the input file%s: %s"
                                .formatted(line.number(), id, why.message()))
                .about("input_file_id");
    }

    private static String wrongKey(Refusal.UnknownKey key) {
        return key.presented()
                ? "Incorrect API key provided. Use the key that your administrator gave you; it"
                        + " begins with sk-oap-."
                : "You didn't provide an API key. Send it as 'Authorization: Bearer sk-oap-...'.";
    }

    private static OpenAiError unauthorized(String message) {
        return OpenAiError.invalid(401, "invalid_api_key", message);
    }

    private static OpenAiError wrongMethod(Refusal.WrongMethod wrong) {
        String allowed = String.join(", ", wrong.allowed());
        return OpenAiError.invalid(
                        405,
                        "method_not_allowed",
                        "Method not allowed; this URL accepts " + allowed)
                .with("Allow", allowed);
    }

    private static OpenAiError unpriced(Refusal.Unpriced model) {
        return OpenAiError.invalid(
                        404,
                        "model_not_found",
                        "The model `"
                                + model.model()
                                + "` does not exist or this proxy has no price for it. Your"
                                + " administrator can add it to prices.yaml.")
                .about("model");
    }

    private static OpenAiError unpricedTier(Refusal.UnpricedTier tier) {
        return OpenAiError.invalid(
                        400,
                        "service_tier_unpriced",
                        "This proxy has no price for `"
                                + tier.model()
                                + "` at the service tier `"
                                + tier.tier()
                                + "`: OpenAI does not offer it at that tier. Leave `service_tier`"
                                + " out, or request another one.")
                .about("service_tier");
    }

    private OpenAiError notAllowed(Refusal.ModelNotAllowed model) {
        return OpenAiError.invalid(
                        403,
                        "model_not_allowed",
                        "Your API key may not use the model `"
                                + model.model()
                                + "`. It may use "
                                + names(model.allowed())
                                + ". Ask "
                                + contact
                                + " for others.")
                .about("model");
    }

    private static String names(List<String> allowed) {
        int more = allowed.size() - MOST_NAMES;
        String first = String.join(", ", allowed.subList(0, Math.min(allowed.size(), MOST_NAMES)));
        return more > 0 ? first + " and " + more + " more; GET /v1/models lists them" : first;
    }

    private static OpenAiError redirected() {
        return OpenAiError.lasting(
                502,
                "upstream_redirected",
                "OpenAI returned a redirect, which this proxy does not follow. You"
                        + " were not charged; please tell your administrator, who can"
                        + " check OPENAI_BASE_URL.");
    }

    private static OpenAiError broken(Refusal.Broken broken) {
        // OpenAI may have charged the call, so it was charged here. A retry would cost again.
        return broken.timedOut()
                ? OpenAiError.lasting(504, "upstream_timeout", "OpenAI did not respond in time.")
                : OpenAiError.lasting(502, "upstream_broken", "The connection to OpenAI was lost.");
    }

    private OpenAiError notGranted(Refusal.NotGranted refusal) {
        return switch (refusal) {
            case Refusal.QuotaSpent spent -> quota.spent(spent);
            case Refusal.QuotaHeld held -> busy(held.why());
            case Refusal.NotAdmitted denied -> notAdmitted(denied.why());
            case Refusal.LedgerUnavailable _ ->
                    OpenAiError.passing(
                            503,
                            "ledger_unavailable",
                            "This proxy cannot record calls at the moment, so it accepts none. You"
                                    + " were not charged; please try again.");
        };
    }

    private static OpenAiError busy(Admission.OverQuota why) {
        return rateLimit(
                "requests",
                "Other calls hold the rest of the quota: " + QuotaErrors.free(why) + ".",
                BUSY_RETRY);
    }

    private OpenAiError notAdmitted(Admission.Refused refused) {
        return switch (refused) {
            case Admission.OverQuota over -> quota.spent(new Refusal.QuotaSpent(over, Usd.ZERO));
            case Admission.Inactive inactive ->
                    unauthorized("Access has been revoked (" + inactive.scope() + ").");
            case Admission.Expired expired ->
                    unauthorized("The API key has expired (" + expired.scope() + ").");
            case Admission.OverRate rate ->
                    rateLimit(
                            rate.what().startsWith("tokens") ? "tokens" : "requests",
                            "Rate limit reached for "
                                    + rate.scope()
                                    + " on "
                                    + rate.what()
                                    + ": Limit "
                                    + rate.limit()
                                    + ".",
                            rate.retryAfter());
        };
    }

    private static OpenAiError rateLimit(String type, String message, Duration retryAfter) {
        long millis = Math.max(1, retryAfter.toMillis());
        long seconds = Math.ceilDiv(millis, 1000);
        String again = message + " Please try again in " + seconds + "s.";
        return new OpenAiError(429, type, "rate_limit_exceeded", null, again, Headers.NONE)
                .with("retry-after-ms", Long.toString(millis))
                .with("Retry-After", Long.toString(seconds));
    }
}
