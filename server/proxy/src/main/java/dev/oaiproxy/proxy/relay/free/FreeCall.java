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

/** A call that costs nothing: passed on as it is, and what it makes or removes is written down. */
public final class FreeCall {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Upstream upstream;
    private final ProxyRequest proxyRequest;
    private final Plan.Free plan;
    private final ClientExchange clientExchange;
    private boolean begun;

    public FreeCall(
            Upstream upstream,
            ProxyRequest proxyRequest,
            Plan.Free plan,
            ClientExchange clientExchange) {
        this.upstream = upstream;
        this.proxyRequest = proxyRequest;
        this.plan = plan;
        this.clientExchange = clientExchange;
    }

    public void run() throws ClientGoneException {
        try (UpstreamResponse upstreamResponse = upstream.send(request())) {
            if (UpstreamErrors.isOperators(upstreamResponse)) {
                clientExchange.refuse(new Refusal.OperatorTrouble());
                return;
            }
            if (UpstreamErrors.isRedirect(upstreamResponse)) {
                clientExchange.refuse(new Refusal.Redirected());
                return;
            }
            forget(upstreamResponse.status());
            copy(upstreamResponse);
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
                ? ProxyHeaders.request(proxyRequest, plan.body())
                : ProxyHeaders.upload(proxyRequest, form);
    }

    private void copy(UpstreamResponse upstreamResponse)
            throws UpstreamException, ClientGoneException {
        boolean success = !UpstreamErrors.isError(upstreamResponse);
        byte[] buffer = new byte[ProxyHeaders.BUFFER_BYTES];
        for (int n = upstreamResponse.read(buffer); n >= 0; n = upstreamResponse.read(buffer)) {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
            if (success && !plan.objectRecorder().record(bytes)) {
                breakOff(new Refusal.NotRecorded());
                return;
            }
            begin(upstreamResponse);
            clientExchange.write(bytes);
        }
        begin(upstreamResponse);
        clientExchange.finish();
    }

    private void begin(UpstreamResponse upstreamResponse) {
        if (!begun) {
            clientExchange.begin(upstreamResponse.status(), ProxyHeaders.headers(upstreamResponse));
            begun = true;
        }
    }

    private void breakOff(Refusal why) throws ClientGoneException {
        if (begun) {
            clientExchange.abort();
        } else {
            clientExchange.refuse(why);
        }
    }

    /** What OpenAI has removed, or says that it no longer has, is nobody's. */
    private void forget(int status) {
        Operation operation = plan.operation();
        if (!operation.isOfTheObjectItself()) {
            return;
        }
        String id = operation.idIn(proxyRequest.path());
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
