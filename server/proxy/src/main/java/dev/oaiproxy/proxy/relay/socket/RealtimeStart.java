package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.plan.WebSocketQuery;
import org.jspecify.annotations.Nullable;

/** Begins a realtime conversation when its model has a price and its first hold is granted. */
final class RealtimeStart {
    private RealtimeStart() {}

    /**
     * Makes the meter of the conversation that a query asks for.
     *
     * @throws RefusedException when it may not begin
     */
    static RealtimeMeter of(SessionAdmission admission, WebSocketQuery query) {
        SessionAdmission.require(query.objection());
        TranscriptionMeter transcription = new TranscriptionMeter(admission);
        String model = query.model();
        if (model == null) {
            if (!query.transcribes()) {
                throw SessionAdmission.badModel("you must provide a model parameter");
            }
            return meter(admission, null, transcription);
        }
        ModelPrice price = admission.price(model);
        return switch (price.kind()) {
            case ModelKind.REALTIME -> {
                ResponseMeter responses = new ResponseMeter(admission, model, price);
                SessionAdmission.require(responses.open());
                yield meter(admission, responses, transcription);
            }
            case ModelKind.TRANSCRIPTION -> {
                SessionAdmission.require(transcription.use(model, 0));
                yield meter(admission, null, transcription);
            }
            default -> throw SessionAdmission.badModel("Not a realtime model: " + model);
        };
    }

    private static RealtimeMeter meter(
            SessionAdmission admission,
            @Nullable ResponseMeter responses,
            TranscriptionMeter transcription) {
        return new RealtimeMeter(responses, transcription, admission.webSocket().lease());
    }
}
