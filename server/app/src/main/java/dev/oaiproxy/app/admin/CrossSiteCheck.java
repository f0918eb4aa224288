package dev.oaiproxy.app.admin;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.util.Locale;
import java.util.Optional;

/**
 * Refuses requests that a page of another site sends through the browser of an operator, which
 * knows the password. A browser names the origin of a request, or sends a form's content type;
 * other clients do neither.
 */
final class CrossSiteCheck {
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final String SCHEME_END = "://";

    private CrossSiteCheck() {}

    /**
     * Requires that a request does not come from another site.
     *
     * @throws ProblemException when it does
     */
    static void require(ServerRequestHeaders headers) {
        String site = headers.first(FETCH_SITE).orElse("").toLowerCase(Locale.ROOT);
        Optional<String> origin = headers.first(HeaderNames.ORIGIN);
        String host = headers.first(HeaderNames.HOST).orElse("");
        if (site.equals("cross-site")
                || origin.filter(named -> !host(named).equalsIgnoreCase(host)).isPresent()) {
            throw new ProblemException(
                    403,
                    "Forbidden",
                    "the request comes from a page of another site; send it from a program, or from"
                            + " a page of this server");
        }
    }

    /** A reverse proxy may end TLS, so the scheme is not compared. */
    private static String host(String origin) {
        int at = origin.indexOf(SCHEME_END);
        return at < 0 ? "" : origin.substring(at + SCHEME_END.length());
    }

    /**
     * Requires that a body is JSON.
     *
     * @throws ProblemException when it is not
     */
    static void requireJson(ServerRequestHeaders headers, boolean hasBody) {
        String type = headers.first(HeaderNames.CONTENT_TYPE).orElse("");
        String essence = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (hasBody && !essence.equals("application/json")) {
            throw new ProblemException(
                    415,
                    "Unsupported media type",
                    "the body must be JSON; send it with Content-Type: application/json");
        }
    }
}
