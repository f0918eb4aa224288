package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.ledger.ledger.Deadline;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.quota.Quota;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Request;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Takes one call on its one way: who asks and for what, what it can cost at most, whether that may
 * be spent, what OpenAI answers, what was consumed and what that costs; and the end of the answer
 * goes to the client only when the charge is written down.
 */
public final class Relay {
    private static final Headers.Header JSON =
            new Headers.Header("Content-Type", "application/json");

    private final Intake intake;
    private final Quota quota;
    private final Upstream upstream;
    private final Cashier cashier;

    public Relay(Intake intake, Quota quota, Upstream upstream, Cashier cashier) {
        this.intake = intake;
        this.quota = quota;
        this.upstream = upstream;
        this.cashier = cashier;
    }

    /** Answers one call. Returns when the answer has been sent and the call has been charged. */
    public void handle(Ask ask, Client client) throws ClientGoneException {
        Deadline.within(intake.patience(), () -> decide(ask, client)).run();
    }

    /** What is done about a call once that has been decided, however long it takes. */
    private interface Course {
        void run() throws ClientGoneException;
    }

    private Course decide(Ask ask, Client client) {
        return switch (intake.plan(ask)) {
            case Plan.Refuse refused -> () -> client.refuse(refused.why());
            // A conversation begins with a handshake, never with a call.
            case Plan.Talk _ -> () -> client.refuse(new Refusal.UnknownPath());
            case Plan.LocalResponse local -> () -> answer(local.json(), client);
            case Plan.Free free -> () -> new Errand(upstream, ask, free, client).run();
            case Plan.Listed listed -> () -> new Listing(upstream, ask, listed, client).run();
            case Plan.Metered metered -> admit(ask, metered, client);
        };
    }

    private static void answer(byte[] json, Client client) throws ClientGoneException {
        client.begin(200, Headers.of(List.of(JSON)));
        client.write(ByteBuffer.wrap(json));
        client.finish();
    }

    /** Nothing is held for a call whose edit would find no room. */
    private Course admit(Ask ask, Plan.Metered plan, Client client) {
        if (!ask.lease().take(Use.REQUEST, Edit.memory(plan.order()))) {
            return () -> client.refuse(new Refusal.NoRoom());
        }
        return switch (quota.ask(plan.order())) {
            case Grant.Granted granted -> () -> spend(ask, plan, granted, client);
            case Grant denied -> () -> client.refuse(new Refusal.NotGranted(denied));
        };
    }

    private void spend(Ask ask, Plan.Metered plan, Grant.Granted granted, Client client)
            throws ClientGoneException {
        Settlement.Call call =
                new Settlement.Call(
                        plan.order(), plan.prices(), granted.hold(), plan.claim().isKept());
        try (Settlement settlement = cashier.open(call, ask.lease())) {
            String contentType = ask.headers().first("content-type").orElse("");
            Edit edit = Edit.of(plan, granted, contentType);
            ask.lease().give(Edit.memory(plan.order()) - edit.ownBytes());
            settlement.recorder().sent(edit.body());
            exchange(ask, edit, settlement, client);
        }
    }

    private void exchange(Ask ask, Edit edit, Settlement settlement, Client client)
            throws ClientGoneException {
        Request request = Passage.request(ask, edit.body());
        settlement.ask();
        try (Answer answer = upstream.send(request)) {
            if (Trouble.isRedirect(answer)) {
                settlement.release("OpenAI answered with a redirect", answer.status());
                client.refuse(new Refusal.Redirected());
            } else if (Trouble.isError(answer)) {
                Trouble.passOn(answer, settlement, client);
            } else {
                Outlet outlet = cashier.outlet(ask, client, edit.claim());
                new Delivery(answer, edit, settlement, outlet, ask.headers()).run();
            }
        } catch (UpstreamException e) {
            settlement.noAnswer(e);
            client.refuse(Trouble.refusal(e));
        }
    }
}
