package dev.oaiproxy.server.relay;

/** Whether a conversation may begin. */
sealed interface Start {
    record Begun(Dialogue dialogue) implements Start {}

    record Refused(Refusal why) implements Start {}
}
