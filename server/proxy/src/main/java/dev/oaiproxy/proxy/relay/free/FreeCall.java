package dev.oaiproxy.proxy.relay.free;

import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.FormUpload;
import dev.oaiproxy.proxy.relay.exchange.ProxyHeaders;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.relay.plan.Plan;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A call that costs nothing. It is forwarded unchanged, and the ids that it creates or deletes are
 * recorded.
 */
public final class FreeCall {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Upstream upstream;
    private final ProxyRequest request;
    private final Plan.Free plan;
    private final ClientExchange client;
    private boolean begun;

    public FreeCall(
            Upstream upstream, ProxyRequest request, Plan.Free plan, ClientExchange client) {
        this.upstream = upstream;
        this.request = request;
        this.plan = plan;
        this.client = client;
    }

    public void run() throws ClientGoneException {
        try (UpstreamResponse response = upstream.send(request())) {
            UpstreamErrors.requireUsable(response);
            forget(response.status());
            copy(response);
        } catch (UpstreamException e) {
            FormUpload form = plan.form();
            if (form != null && form.isGone()) {
                throw new ClientGoneException(e);
            }
            breakOff(
                    Optional.ofNullable(form)
                            .flatMap(FormUpload::refusal)
                            .orElseGet(() -> UpstreamErrors.refusal(e)));
        }
    }

    private UpstreamRequest request() {
        FormUpload form = plan.form();
        return form == null
                ? ProxyHeaders.request(request, plan.body())
                : ProxyHeaders.upload(request, form);
    }

    private void copy(UpstreamResponse response) throws UpstreamException, ClientGoneException {
        boolean success = !UpstreamErrors.isError(response);
        byte[] buffer = new byte[ProxyHeaders.BUFFER_BYTES];
        for (int n = response.read(buffer); n >= 0; n = response.read(buffer)) {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
            if (success && !plan.recorder().record(bytes)) {
                breakOff(new Refusal.NotRecorded());
                return;
            }
            begin(response);
            client.write(bytes);
        }
        begin(response);
        client.finish();
    }

    private void begin(UpstreamResponse response) {
        if (!begun) {
            client.begin(response.status(), ProxyHeaders.headers(response));
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

    /** Deletes the record of an object that OpenAI has deleted or does not find. */
    private void forget(int status) {
        Operation operation = plan.operation();
        if (!operation.isOfTheObjectItself()) {
            return;
        }
        String id = operation.idIn(request.path());
        boolean gone = status == NOT_FOUND;
        switch (operation.method()) {
            case "DELETE" -> {
                if (status / 100 == OK / 100) {
                    plan.ownership().forget(id);
                } else if (gone) {
                    plan.ownership().forgetMissing(id);
                }
            }
            case "GET" -> {
                if (gone) {
                    plan.ownership().forgetOld(id);
                }
            }
            default -> {}
        }
    }
}
