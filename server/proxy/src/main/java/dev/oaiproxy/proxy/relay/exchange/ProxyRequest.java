package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.key.Redaction;
import dev.oaiproxy.proxy.upstream.Headers;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request of a client.
 *
 * @param path the path after {@code /v1}, in its escaped form
 * @param query the query in its escaped form, or null
 * @param key the key as presented, or null
 * @param body reads the body, at most once
 * @param lease the memory that the call holds until it has ended
 */
public record ProxyRequest(
        String method,
        String path,
        @Nullable String query,
        Headers headers,
        @Nullable String key,
        Incoming body,
        Lease lease) {
    /** A body that has not been read; it can be read once, by either method. */
    public interface Incoming {
        /**
         * Reads the whole body into memory.
         *
         * @param most the most bytes that the operation accepts
         * @throws RefusedException when it is too large, or cannot be decoded
         */
        byte[] whole(long most);

        /** Opens the body for reading in pieces; reading fails when the client disconnects. */
        InputStream stream();

        /** The announced length in bytes, or -1 when it is unknown. */
        long length();

        /** A body that is in memory already. */
        static Incoming of(byte[] bytes) {
            return new Incoming() {
                @Override
                public byte[] whole(long most) {
                    return bytes;
                }

                @Override
                public InputStream stream() {
                    return new ByteArrayInputStream(bytes);
                }

                @Override
                public long length() {
                    return bytes.length;
                }
            };
        }
    }

    String pathAndQuery() {
        String rest = query == null ? "" : withoutKeys(query);
        return rest.isEmpty() ? path : path + "?" + rest;
    }

    /** The same request for another page of a list. */
    public ProxyRequest withQuery(String other) {
        return new ProxyRequest(method, path, other, headers, key, body, lease);
    }

    /** A request for one element of the list that this request is for. */
    public ProxyRequest at(String id) {
        String element = path + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
        return new ProxyRequest(method, element, null, headers, key, body, lease);
    }

    private static String withoutKeys(String query) {
        return Arrays.stream(query.split("&", -1))
                .filter(parameter -> !Redaction.isNeeded(decoded(parameter)))
                .collect(Collectors.joining("&"));
    }

    private static String decoded(String parameter) {
        try {
            return URLDecoder.decode(parameter, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return parameter;
        }
    }

    /** Method and path only: no key, no content. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
