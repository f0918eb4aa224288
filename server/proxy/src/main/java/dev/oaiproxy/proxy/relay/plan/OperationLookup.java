package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.ledger.key.Redaction;
import dev.oaiproxy.metering.operation.Catalogue;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.operation.OperationMatch;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Finds the operation of a request in the catalogue, or refuses it. */
final class OperationLookup {
    /** Query parameters that SDKs add and that change nothing. */
    private static final Pattern HARMLESS = Pattern.compile("((beta|api-version)(=[\\w.-]*)?)?");

    private final Catalogue catalogue;

    OperationLookup(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** The operation of a request. */
    Operation request(ProxyRequest request) {
        if (request.headers().values("content-type").size() > 1) {
            throw refused(new Refusal.Malformed("Send one Content-Type header.", null));
        }
        // Variable parts of a path go to OpenAI, so a mistyped key in the path must not.
        if (Redaction.isNeeded(request.path())) {
            throw refused(new Refusal.UnknownPath());
        }
        return switch (catalogue.match(request.method(), request.path())) {
            case OperationMatch.Found found -> offered(request, found.operation());
            case OperationMatch.WrongMethod wrong ->
                    throw refused(new Refusal.WrongMethod(wrong.allowed()));
            case OperationMatch.Unknown _ -> throw refused(unknown(request));
        };
    }

    private static Operation offered(ProxyRequest request, Operation operation) {
        return switch (operation.treatment()) {
            case Operation.Refused no -> throw refused(new Refusal.Forbidden(no.why()));
            case Operation.Answered _, Operation.Free _ -> operation;
            case Operation.Metered _ when hasOddQuery(request) -> throw refused(oddQuery());
            case Operation.Metered _ -> operation;
        };
    }

    /** A reverse proxy that speaks HTTP/1.0 to its backend turns a handshake into a plain GET. */
    private Refusal unknown(ProxyRequest request) {
        boolean socket =
                request.method().equals("GET")
                        && catalogue.socket(request.path()) instanceof OperationMatch.Found found
                        && found.operation().treatment() instanceof Operation.Metered;
        return socket ? new Refusal.NoHandshake() : new Refusal.UnknownPath();
    }

    /** The operation of a WebSocket request, which is always metered. */
    Operation socket(ProxyRequest request) {
        if (Redaction.isNeeded(request.path())) {
            throw refused(new Refusal.UnknownPath());
        }
        return switch (catalogue.socket(request.path())) {
            case OperationMatch.Found found -> offeredSocket(request, found.operation());
            case OperationMatch.WrongMethod wrong ->
                    throw refused(new Refusal.WrongMethod(wrong.allowed()));
            case OperationMatch.Unknown _ -> throw refused(new Refusal.UnknownPath());
        };
    }

    private static Operation offeredSocket(ProxyRequest request, Operation operation) {
        return switch (operation.treatment()) {
            case Operation.Refused no -> throw refused(new Refusal.Forbidden(no.why()));
            case Operation.Answered _, Operation.Free _ -> throw refused(new Refusal.UnknownPath());
            case Operation.Metered metered
                    when metered.meter() == Meter.RESPONSE_SOCKET && hasOddQuery(request) ->
                    throw refused(oddQuery());
            case Operation.Metered _ -> operation;
        };
    }

    /** A query parameter could override the model or a limit of the body. */
    private static boolean hasOddQuery(ProxyRequest request) {
        String query = request.query();
        return query != null
                && !Arrays.stream(query.split("&", -1))
                        .allMatch(parameter -> HARMLESS.matcher(parameter).matches());
    }

    private static Refusal oddQuery() {
        return new Refusal.Malformed("Send parameters in the body, and none in the query.", null);
    }

    private static RefusedException refused(Refusal why) {
        return new RefusedException(why);
    }
}
