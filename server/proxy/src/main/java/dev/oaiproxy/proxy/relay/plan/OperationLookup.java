package dev.oaiproxy.proxy.relay.plan;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;

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
record OperationLookup(Catalogue catalogue) {
    /** Query parameters that SDKs add and that change nothing. */
    private static final Pattern HARMLESS = Pattern.compile("((beta|api-version)(=[\\w.-]*)?)?");

    Operation request(ProxyRequest request) {
        if (request.headers().values("content-type").size() > 1) {
            throw malformed("Send one Content-Type header.", null);
        }
        requireNoKey(request);
        OperationMatch match = catalogue.match(request.method(), request.path());
        if (match instanceof OperationMatch.Unknown && isWebSocket(request)) {
            throw new RefusedException(new Refusal.NoHandshake());
        }
        Operation operation = offered(match);
        if (operation.treatment() instanceof Operation.Metered) {
            requirePlainQuery(request);
        }
        return operation;
    }

    /** The operation of a WebSocket request, which is always metered. */
    Operation socket(ProxyRequest request) {
        requireNoKey(request);
        Operation operation = offered(catalogue.socket(request.path()));
        if (!(operation.treatment() instanceof Operation.Metered metered)) {
            throw new RefusedException(new Refusal.UnknownPath());
        }
        if (metered.meter() == Meter.RESPONSE_SOCKET) {
            requirePlainQuery(request);
        }
        return operation;
    }

    /** Refuses a mistyped key in the path, since variable parts of a path go to OpenAI. */
    private static void requireNoKey(ProxyRequest request) {
        if (Redaction.isNeeded(request.path())) {
            throw new RefusedException(new Refusal.UnknownPath());
        }
    }

    /**
     * True for a plain GET of a WebSocket's path. A reverse proxy that speaks HTTP/1.0 to its
     * backend turns a handshake into one.
     */
    private boolean isWebSocket(ProxyRequest request) {
        return request.method().equals("GET")
                && catalogue.socket(request.path()) instanceof OperationMatch.Found found
                && found.operation().treatment() instanceof Operation.Metered;
    }

    private static Operation offered(OperationMatch match) {
        Operation operation =
                switch (match) {
                    case OperationMatch.Found found -> found.operation();
                    case OperationMatch.WrongMethod wrong ->
                            throw new RefusedException(new Refusal.WrongMethod(wrong.allowed()));
                    case OperationMatch.Unknown _ ->
                            throw new RefusedException(new Refusal.UnknownPath());
                };
        if (operation.treatment() instanceof Operation.Refused no) {
            throw new RefusedException(new Refusal.Forbidden(no.why()));
        }
        return operation;
    }

    /**
     * Refuses all but harmless parameters: others could override the model or a limit in the body.
     */
    private static void requirePlainQuery(ProxyRequest request) {
        String query = request.query();
        if (query != null
                && !Arrays.stream(query.split("&", -1))
                        .allMatch(parameter -> HARMLESS.matcher(parameter).matches())) {
            throw malformed("Send parameters in the body, not in the query.", null);
        }
    }
}
