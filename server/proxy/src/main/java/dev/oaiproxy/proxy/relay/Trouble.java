package dev.oaiproxy.proxy.relay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.proxy.upstream.Answer;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;

/** Answers of OpenAI's that are errors, and answers that did not come. */
final class Trouble {
    private static final Logger LOG = System.getLogger(Trouble.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FIRST_REDIRECT = 300;
    private static final int NOT_MODIFIED = 304;
    private static final int FIRST_ERROR = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int LARGEST_READ = 16 << 10;

    /** What OpenAI says when the operator's account, and not the user's quota, is at its end. */
    private static final Set<String> OPERATORS_QUOTA =
            Set.of(
                    "insufficient_quota",
                    "billing_hard_limit_reached",
                    "billing_not_active",
                    "project_spend_limit_exceeded",
                    "organization_spend_limit_exceeded",
                    "organization_usage_limit_exceeded",
                    "credit_balance_exhausted");

    private Trouble() {}

    static boolean isError(Answer answer) {
        return answer.status() >= FIRST_ERROR;
    }

    /** Whether OpenAI sends the client elsewhere, which it never does. */
    static boolean isRedirect(Answer answer) {
        boolean redirect = isRedirect(answer.status());
        if (redirect) {
            Alarms.raise(LOG, "openai_redirects", "status={0}", answer.status());
        }
        return redirect;
    }

    /** All of 3xx but the one that says that what the client has is still right. */
    static boolean isRedirect(int status) {
        return status >= FIRST_REDIRECT && status < FIRST_ERROR && status != NOT_MODIFIED;
    }

    /** Whether OpenAI refuses the key of the proxy itself. */
    static boolean isOperators(Answer answer) {
        if (answer.status() == UNAUTHORIZED) {
            Alarms.raise(LOG, "openai_key_refused", "status={0}", answer.status());
            return true;
        }
        return false;
    }

    /** An error costs nothing: gives the hold back, then passes status and body on. */
    static void passOn(Answer answer, Settlement settlement, Client client)
            throws ClientGoneException, UpstreamException {
        settlement.release("OpenAI answered " + answer.status(), answer.status());
        byte[] head = start(answer);
        if (isOperators(answer) || isOperatorsQuota(head)) {
            client.refuse(new Refusal.OperatorTrouble());
            return;
        }
        client.begin(answer.status(), settlement.mark(Passage.headers(answer)));
        client.write(ByteBuffer.wrap(head));
        Passage.copy(answer, client);
    }

    static Refusal refusal(UpstreamException e) {
        return switch (e.kind()) {
            case NOT_SENT -> new Refusal.Unreachable();
            case UNKNOWN -> new Refusal.Broken(e.isTimeout());
        };
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

    private static byte[] start(Answer answer) throws UpstreamException {
        byte[] bytes = new byte[LARGEST_READ];
        int count = 0;
        byte[] buffer = new byte[Passage.BUFFER_BYTES];
        while (count + buffer.length <= bytes.length) {
            int n = answer.read(buffer);
            if (n < 0) {
                break;
            }
            System.arraycopy(buffer, 0, bytes, count, n);
            count += n;
        }
        return Arrays.copyOf(bytes, count);
    }
}
