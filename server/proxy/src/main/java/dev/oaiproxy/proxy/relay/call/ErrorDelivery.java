package dev.oaiproxy.proxy.relay.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyHeaders;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.Set;

/** Passes an error of OpenAI on to the client. Errors cost nothing. */
public final class ErrorDelivery {
    private static final Logger LOG = System.getLogger(ErrorDelivery.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_READ = 16 << 10;

    /** Error codes for an exhausted quota of the operator's account, not of the user. */
    private static final Set<String> OPERATORS_QUOTA =
            Set.of(
                    "insufficient_quota",
                    "billing_hard_limit_reached",
                    "billing_not_active",
                    "project_spend_limit_exceeded",
                    "organization_spend_limit_exceeded",
                    "organization_usage_limit_exceeded",
                    "credit_balance_exhausted");

    private ErrorDelivery() {}

    /** Releases the hold, then passes status and body on. */
    public static void passOn(
            UpstreamResponse response, Settlement settlement, ClientExchange client)
            throws ClientGoneException, UpstreamException {
        settlement.release("OpenAI returned status " + response.status(), response.status());
        byte[] head = response.readAtMost(LARGEST_READ);
        if (UpstreamErrors.isOperators(response) || isOperatorsQuota(head)) {
            client.refuse(new Refusal.OperatorTrouble());
            return;
        }
        client.begin(response.status(), settlement.mark(ProxyHeaders.headers(response)));
        client.write(ByteBuffer.wrap(head));
        ProxyHeaders.copy(response, client);
    }

    private static boolean isOperatorsQuota(byte[] body) {
        try {
            String code = JSON.readTree(body).path("error").path("code").asText();
            boolean operators = OPERATORS_QUOTA.contains(code);
            if (operators) {
                Alarms.raise(LOG, "openai_quota_exhausted", "code={0}", code);
            }
            return operators;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException inMemory) {
            throw new IllegalStateException(inMemory);
        }
    }
}
