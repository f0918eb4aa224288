package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.ledger.key.Redaction;
import dev.oaiproxy.metering.operation.Catalogue;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.operation.OperationMatch;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.util.Arrays;
import java.util.regex.Pattern;

/** Finds the operation that a client asks for, or says why it is not offered. */
final class OperationLookup {
    /** What SDKs put into the query of a call. */
    private static final Pattern HARMLESS = Pattern.compile("((beta|api-version)(=[\\w.-]*)?)?");

    private final Catalogue catalogue;

    OperationLookup(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** What was found. */
    sealed interface Result {
        /** An operation that is answered, free or metered. */
        record Found(Operation operation) implements Result {}

        /** None that is offered. */
        record Refused(Refusal why) implements Result {}
    }

    /** The operation of a request. */
    Result request(ProxyRequest request) {
        if (request.headers().values("content-type").size() > 1) {
            return refused(new Refusal.Malformed("Send one Content-Type header.", null));
        }
        // What is not an operation's name in a path goes to OpenAI, and so do mistyped keys.
        if (Redaction.isNeeded(request.path())) {
            return refused(new Refusal.UnknownPath());
        }
        return switch (catalogue.match(request.method(), request.path())) {
            case OperationMatch.Found found -> offered(request, found.operation());
            case OperationMatch.WrongMethod wrong ->
                    refused(new Refusal.WrongMethod(wrong.allowed()));
            case OperationMatch.Unknown _ -> refused(unknown(request));
        };
    }

    private static Result offered(ProxyRequest request, Operation operation) {
        return switch (operation.treatment()) {
            case Operation.Refused no -> refused(new Refusal.Forbidden(no.why()));
            case Operation.Answered _, Operation.Free _ -> new Result.Found(operation);
            case Operation.Metered _ when hasOddQuery(request) -> refused(oddQuery());
            case Operation.Metered _ -> new Result.Found(operation);
        };
    }

    /** A reverse proxy that speaks HTTP/1.0 to its servers turns a handshake into a plain GET. */
    private Refusal unknown(ProxyRequest request) {
        boolean socket =
                request.method().equals("GET")
                        && catalogue.socket(request.path()) instanceof OperationMatch.Found found
                        && found.operation().treatment() instanceof Operation.Metered;
        return socket ? new Refusal.NoHandshake() : new Refusal.UnknownPath();
    }

    /** The operation of a WebSocket that is asked for, which is always metered. */
    Result socket(ProxyRequest request) {
        if (Redaction.isNeeded(request.path())) {
            return refused(new Refusal.UnknownPath());
        }
        return switch (catalogue.socket(request.path())) {
            case OperationMatch.Found found -> offeredSocket(request, found.operation());
            case OperationMatch.WrongMethod wrong ->
                    refused(new Refusal.WrongMethod(wrong.allowed()));
            case OperationMatch.Unknown _ -> refused(new Refusal.UnknownPath());
        };
    }

    private static Result offeredSocket(ProxyRequest request, Operation operation) {
        return switch (operation.treatment()) {
            case Operation.Refused no -> refused(new Refusal.Forbidden(no.why()));
            case Operation.Answered _, Operation.Free _ -> refused(new Refusal.UnknownPath());
            case Operation.Metered metered
                    when metered.meter() == Meter.RESPONSE_SOCKET && hasOddQuery(request) ->
                    refused(oddQuery());
            case Operation.Metered _ -> new Result.Found(operation);
        };
    }

    /** A parameter beside the body might be another model, or another limit, than the body's. */
    private static boolean hasOddQuery(ProxyRequest request) {
        String query = request.query();
        return query != null
                && !Arrays.stream(query.split("&", -1))
                        .allMatch(parameter -> HARMLESS.matcher(parameter).matches());
    }

    private static Refusal oddQuery() {
        return new Refusal.Malformed("Send parameters in the body, and none in the query.", null);
    }

    private static Result refused(Refusal why) {
        return new Result.Refused(why);
    }
}
