package dev.oaiproxy.metering.operation;

import dev.oaiproxy.metering.object.ObjectKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation of the OpenAI API.
 *
 * @param method the HTTP method, {@code WS} for a WebSocket, or {@code *} for any
 * @param path the path after {@code /v1}, with {@code {name}} for a variable segment
 * @param treatment the proxy's treatment of the request
 * @param subjects the kinds of object that the operation is about
 * @param body the rule for its body
 */
public record Operation(
        String method, String path, Treatment treatment, Subjects subjects, BodyRule body) {
    public static final String WEB_SOCKET = "WS";

    public sealed interface Treatment {}

    /** Passed on without a hold, because OpenAI charges nothing for it. */
    public record Free() implements Treatment {}

    /** Answered by the proxy itself. OpenAI receives no request. */
    public record Answered() implements Treatment {}

    /** Held, passed on, metered and charged. */
    public record Metered(Meter meter) implements Treatment {}

    /** Known, but not passed on. */
    public record Refused(String why) implements Treatment {}

    /**
     * The kinds of object that an operation is about.
     *
     * @param owned the kind that the first variable of the path names, or null
     * @param created the kind that it makes, or null
     * @param listed the kind that it lists, or null
     * @param storage true if the object that it makes costs money while OpenAI keeps it
     */
    public record Subjects(
            @Nullable ObjectKind owned,
            @Nullable ObjectKind created,
            @Nullable ObjectKind listed,
            boolean storage) {
        public static final Subjects NONE = new Subjects(null, null, null, false);
    }

    /**
     * The rule for the body of an operation.
     *
     * @param most the most bytes, if OpenAI has a limit of its own for it
     * @param streamed true if a form passes as it comes and is never held in memory
     */
    public record BodyRule(long most, boolean streamed) {
        /** The rule of most operations: the server's own size limit is the only one. */
        public static final BodyRule USUAL = new BodyRule(Long.MAX_VALUE, false);
    }

    /** The name in the ledger and in reports: the path without its slash. */
    public String name() {
        return path.substring(1);
    }

    /**
     * The value of the path's first variable in a request.
     *
     * @param requested a path of this operation
     * @throws IllegalStateException if the path has no variable
     */
    public String idIn(String requested) {
        int variable = segments(path).indexOf(firstVariable());
        return segments(requested).get(variable);
    }

    /** True if the operation is about the whole owned object, not about a part of it. */
    public boolean isOfTheObjectItself() {
        return subjects.owned() != null && path.endsWith("/" + firstVariable());
    }

    /** True if the body has items that OpenAI keeps as part of a conversation. */
    public boolean takesItems() {
        return method.equals("POST") && segments(path).getFirst().equals("conversations");
    }

    private String firstVariable() {
        return segments(path).stream()
                .filter(segment -> segment.startsWith("{"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no variable in " + path));
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/", -1));
    }
}
