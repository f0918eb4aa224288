package dev.oaiproxy.base.metrics;

import java.util.Locale;

/** A part of a request to OpenAI that takes time. */
public enum Phase {
    /** From sending the request to the head of the response. */
    HEAD,
    /** From there to the end of its body, wanted or not. */
    BODY,
    /** From sending the request to knowing that no response comes. */
    FAILED;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
