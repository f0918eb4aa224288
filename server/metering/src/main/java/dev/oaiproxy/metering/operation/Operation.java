package dev.oaiproxy.metering.operation;

import dev.oaiproxy.metering.object.ObjectKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the OpenAI API.
 *
 * @param method the HTTP method, {@code WS} for a WebSocket, or {@code *} for any
 * @param path the path after {@code /v1}, with {@code {name}} for a variable segment
 * @param treatment what the proxy does with it
 * @param subjects whose objects it is about
 * @param body what it takes as its body
 */
public record Operation(
        String method, String path, Treatment treatment, Subjects subjects, BodyRule body) {
    public static final String WEB_SOCKET = "WS";

    public sealed interface Treatment {}

    /** Passed on without a hold: OpenAI charges nothing for it. */
    public record Free() implements Treatment {}

    /** Answered by the proxy itself: nothing goes to OpenAI. */
    public record Answered() implements Treatment {}

    /** Held, passed on, metered and charged. */
    public record Metered(Meter meter) implements Treatment {}

    /** Known, and not passed on. */
    public record Refused(String why) implements Treatment {}

    /**
     * The objects of OpenAI's that an operation is about.
     *
     * @param owned what the first variable of its path names, or null
     * @param created what it makes, or null
     * @param listed what it lists, or null
     * @param storage whether what it makes costs money while it is kept
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
     * @param most the most bytes, where OpenAI has a limit of its own for it
     * @param streamed whether a form passes as it comes, without being held in memory
     */
    public record BodyRule(long most, boolean streamed) {
        /** The largest body that the server takes at all. */
        public static final BodyRule USUAL = new BodyRule(Long.MAX_VALUE, false);
    }

    /** The operation as the ledger and reports name it: the path without its slash. */
    public String name() {
        return path.substring(1);
    }

    /**
     * The value of the path's first variable in a request.
     *
     * @param requested a path of this operation
     * @throws IllegalStateException when the path has no variable
     */
    public String idIn(String requested) {
        int variable = segments(path).indexOf(firstVariable());
        return segments(requested).get(variable);
    }

    /** True if it is about the owned object as a whole, and not about a part of it. */
    public boolean isOfTheObjectItself() {
        return subjects.owned() != null && path.endsWith("/" + firstVariable());
    }

    /** True if items come in its body that OpenAI keeps as a part of a conversation. */
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
