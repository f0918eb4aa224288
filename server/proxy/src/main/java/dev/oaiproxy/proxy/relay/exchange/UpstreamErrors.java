package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.lang.System.Logger;

/** Classifies error responses of OpenAI, and responses that did not arrive. */
public final class UpstreamErrors {
    private static final Logger LOG = System.getLogger(UpstreamErrors.class.getName());
    private static final int FIRST_REDIRECT = 300;
    private static final int NOT_MODIFIED = 304;
    private static final int FIRST_ERROR = 400;
    private static final int UNAUTHORIZED = 401;

    private UpstreamErrors() {}

    public static boolean isError(UpstreamResponse response) {
        return response.status() >= FIRST_ERROR;
    }

    /** True for a redirect, which raises an alarm because OpenAI never sends one. */
    public static boolean isRedirect(UpstreamResponse response) {
        boolean redirect = isRedirect(response.status());
        if (redirect) {
            Alarms.raise(LOG, "openai_redirects", "status={0}", response.status());
        }
        return redirect;
    }

    /** True for all of 3xx except 304. */
    public static boolean isRedirect(int status) {
        return status >= FIRST_REDIRECT && status < FIRST_ERROR && status != NOT_MODIFIED;
    }

    /** True when OpenAI refuses the proxy's own key, which raises an alarm. */
    public static boolean isOperators(UpstreamResponse response) {
        if (response.status() == UNAUTHORIZED) {
            Alarms.raise(LOG, "openai_key_refused", "status={0}", response.status());
            return true;
        }
        return false;
    }

    /**
     * Refuses a call when OpenAI has refused the proxy's own key or answered with a redirect.
     *
     * @throws RefusedException in place of such a response
     */
    public static void requireUsable(UpstreamResponse response) {
        if (isOperators(response)) {
            throw new RefusedException(new Refusal.OperatorTrouble());
        }
        if (isRedirect(response)) {
            throw new RefusedException(new Refusal.Redirected());
        }
    }

    public static Refusal refusal(UpstreamException e) {
        return switch (e.sendState()) {
            case NOT_SENT -> new Refusal.Unreachable();
            case UNKNOWN -> new Refusal.Broken(e.isTimeout());
        };
    }
}
