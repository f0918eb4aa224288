package dev.oaiproxy.cli.settings;

import dev.oaiproxy.cli.output.Failure;
import java.net.URI;
import java.net.URISyntaxException;

/** Addresses of servers. */
public final class HttpAddresses {
    private HttpAddresses() {}

    /**
     * The http or https address that a text names, without a slash at its end.
     *
     * @param advice what to do when it names none
     */
    public static URI http(String text, String advice) {
        URI uri = parsed(text, advice);
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        // A password in an address would be printed with it.
        if (!web || uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw bad(advice);
        }
        return uri;
    }

    private static URI parsed(String text, String advice) {
        try {
            return new URI(text.replaceAll("/+$", ""));
        } catch (URISyntaxException e) {
            throw bad(advice);
        }
    }

    private static Failure bad(String advice) {
        return Failure.usage("the server's address is not an http address", advice);
    }
}
