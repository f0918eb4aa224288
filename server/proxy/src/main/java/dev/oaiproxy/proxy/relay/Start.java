package dev.oaiproxy.proxy.relay;

/** Whether a conversation may begin. */
sealed interface Start {
    record Begun(Dialogue dialogue) implements Start {}

    record Refused(Refusal why) implements Start {}
}
