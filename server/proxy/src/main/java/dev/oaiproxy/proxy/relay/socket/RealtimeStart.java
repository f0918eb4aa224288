package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.plan.WebSocketQuery;
import org.jspecify.annotations.Nullable;

/** Whether a realtime conversation may begin: its model has a price, and its first hold fits. */
final class RealtimeStart {
    private RealtimeStart() {}

    static SessionStart of(SessionAdmission sessionAdmission, WebSocketQuery query) {
        Refusal wrong = query.objection();
        if (wrong != null) {
            return new SessionStart.Refused(wrong);
        }
        String model = query.model();
        if (model == null) {
            return query.transcribes()
                    ? begun(
                            new RealtimeMeter(
                                    null,
                                    new TranscriptionMeter(sessionAdmission),
                                    sessionAdmission.webSocket().lease()))
                    : new SessionStart.Refused(
                            new Refusal.Malformed("you must provide a model parameter", "model"));
        }
        return switch (sessionAdmission.quote(model)) {
            case SessionAdmission.Quote.Refused refused -> new SessionStart.Refused(refused.why());
            case SessionAdmission.Quote.Priced priced ->
                    of(sessionAdmission, model, priced.price());
        };
    }

    private static SessionStart of(
            SessionAdmission sessionAdmission, String model, ModelPrice price) {
        return switch (price.kind()) {
            case ModelKind.REALTIME -> conversing(sessionAdmission, model, price);
            case ModelKind.TRANSCRIPTION -> transcribing(sessionAdmission, model);
            default ->
                    new SessionStart.Refused(
                            new Refusal.Malformed("Not a realtime model: " + model, "model"));
        };
    }

    private static SessionStart conversing(
            SessionAdmission sessionAdmission, String model, ModelPrice price) {
        ResponseMeter responseMeter = new ResponseMeter(sessionAdmission, model, price);
        return begun(
                responseMeter.open(),
                new RealtimeMeter(
                        responseMeter,
                        new TranscriptionMeter(sessionAdmission),
                        sessionAdmission.webSocket().lease()));
    }

    private static SessionStart transcribing(SessionAdmission sessionAdmission, String model) {
        TranscriptionMeter transcriptionMeter = new TranscriptionMeter(sessionAdmission);
        return begun(
                transcriptionMeter.use(model, 0),
                new RealtimeMeter(null, transcriptionMeter, sessionAdmission.webSocket().lease()));
    }

    private static SessionStart begun(@Nullable Refusal refused, SocketMeter meter) {
        return refused == null ? begun(meter) : new SessionStart.Refused(refused);
    }

    private static SessionStart begun(SocketMeter meter) {
        return new SessionStart.Begun(meter);
    }
}
