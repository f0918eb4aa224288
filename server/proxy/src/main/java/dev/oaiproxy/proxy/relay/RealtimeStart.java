package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelPrice;
import org.jspecify.annotations.Nullable;

/** Whether a realtime conversation may begin: its model has a price, and its first hold fits. */
final class RealtimeStart {
    private RealtimeStart() {}

    static Start of(Payer payer, SocketQuery query) {
        Refusal wrong = query.objection();
        if (wrong != null) {
            return new Start.Refused(wrong);
        }
        String model = query.model();
        if (model == null) {
            return query.transcribes()
                    ? begun(new RealtimeDialogue(null, new Hearing(payer), payer.talk().lease()))
                    : new Start.Refused(
                            new Refusal.Malformed("you must provide a model parameter", "model"));
        }
        return switch (payer.quote(model)) {
            case Payer.Quote.Refused refused -> new Start.Refused(refused.why());
            case Payer.Quote.Priced priced -> of(payer, model, priced.price());
        };
    }

    private static Start of(Payer payer, String model, ModelPrice price) {
        return switch (price.modelKind()) {
            case ModelKind.REALTIME -> conversing(payer, model, price);
            case ModelKind.TRANSCRIPTION -> transcribing(payer, model);
            default ->
                    new Start.Refused(
                            new Refusal.Malformed("Not a realtime model: " + model, "model"));
        };
    }

    private static Start conversing(Payer payer, String model, ModelPrice price) {
        Responses responses = new Responses(payer, model, price);
        return begun(
                responses.open(),
                new RealtimeDialogue(responses, new Hearing(payer), payer.talk().lease()));
    }

    private static Start transcribing(Payer payer, String model) {
        Hearing hearing = new Hearing(payer);
        return begun(
                hearing.use(model, 0), new RealtimeDialogue(null, hearing, payer.talk().lease()));
    }

    private static Start begun(@Nullable Refusal refused, Dialogue dialogue) {
        return refused == null ? begun(dialogue) : new Start.Refused(refused);
    }

    private static Start begun(Dialogue dialogue) {
        return new Start.Begun(dialogue);
    }
}
