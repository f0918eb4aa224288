package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.Request;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A call that costs nothing: passed on as it is, and what it makes or removes is written down. */
final class Errand {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Upstream upstream;
    private final Ask ask;
    private final Plan.Free plan;
    private final Client client;
    private boolean begun;

    Errand(Upstream upstream, Ask ask, Plan.Free plan, Client client) {
        this.upstream = upstream;
        this.ask = ask;
        this.plan = plan;
        this.client = client;
    }

    void run() throws ClientGoneException {
        try (Answer answer = upstream.send(request())) {
            if (Trouble.isOperators(answer)) {
                client.refuse(new Refusal.OperatorTrouble());
                return;
            }
            if (Trouble.isRedirect(answer)) {
                client.refuse(new Refusal.Redirected());
                return;
            }
            forget(answer.status());
            copy(answer);
        } catch (UpstreamException e) {
            FormUpload form = plan.form();
            if (form != null && form.isGone()) {
                throw new ClientGoneException(e);
            }
            breakOff(
                    Optional.ofNullable(form)
                            .flatMap(FormUpload::refusal)
                            .orElseGet(() -> Trouble.refusal(e)));
        }
    }

    private Request request() {
        FormUpload form = plan.form();
        return form == null ? Passage.request(ask, plan.body()) : Passage.upload(ask, form);
    }

    private void copy(Answer answer) throws UpstreamException, ClientGoneException {
        boolean success = !Trouble.isError(answer);
        byte[] buffer = new byte[Passage.BUFFER_BYTES];
        for (int n = answer.read(buffer); n >= 0; n = answer.read(buffer)) {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
            if (success && !plan.claim().record(bytes)) {
                breakOff(new Refusal.NotRecorded());
                return;
            }
            begin(answer);
            client.write(bytes);
        }
        begin(answer);
        client.finish();
    }

    private void begin(Answer answer) {
        if (!begun) {
            client.begin(answer.status(), Passage.headers(answer));
            begun = true;
        }
    }

    private void breakOff(Refusal why) throws ClientGoneException {
        if (begun) {
            client.abort();
        } else {
            client.refuse(why);
        }
    }

    /** What OpenAI has removed, or says that it no longer has, is nobody's. */
    private void forget(int status) {
        Operation operation = plan.operation();
        if (!operation.isOfTheObjectItself()) {
            return;
        }
        String id = operation.idIn(ask.path());
        boolean gone = status == NOT_FOUND;
        switch (operation.method()) {
            case "DELETE" -> {
                if (status / 100 == OK / 100) {
                    plan.owners().forget(id);
                } else if (gone) {
                    plan.owners().forgetMissing(id);
                }
            }
            case "GET" -> {
                if (gone) {
                    plan.owners().forgetOld(id);
                }
            }
            default -> {}
        }
    }
}
