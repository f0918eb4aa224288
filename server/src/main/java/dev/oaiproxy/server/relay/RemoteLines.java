package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.upstream.Answer;
import dev.oaiproxy.server.upstream.UpstreamException;
import java.io.ByteArrayOutputStream;

/** The lines of a file at OpenAI, one after the other as they come; never more than one is kept. */
final class RemoteLines {
    private final Answer answer;
    private final Bounds bounds;
    private final byte[] buffer = new byte[64 << 10];
    private int at;
    private int filled;
    private long read;

    /** How many bytes a line, and the whole file, may have. */
    record Bounds(int line, long file) {}

    /** What comes next. */
    sealed interface Next {
        @SuppressWarnings("ArrayRecordComponent") // Bytes on their way; never compared.
        record Line(byte[] bytes) implements Next {}

        record End() implements Next {}

        /** The line, or the file, is larger than it may be. */
        record TooLarge() implements Next {}
    }

    RemoteLines(Answer answer, Bounds bounds) {
        this.answer = answer;
        this.bounds = bounds;
    }

    Next next() throws UpstreamException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean any = false;
        while (fill()) {
            any = true;
            int end = lineEnd();
            line.write(buffer, at, end - at);
            boolean whole = end < filled;
            at = whole ? end + 1 : end;
            if (line.size() > bounds.line() || read > bounds.file()) {
                return new Next.TooLarge();
            }
            if (whole) {
                break;
            }
        }
        return any ? new Next.Line(line.toByteArray()) : new Next.End();
    }

    private boolean fill() throws UpstreamException {
        if (at == filled) {
            at = 0;
            filled = Math.max(0, answer.read(buffer));
            read += filled;
        }
        return at < filled;
    }

    private int lineEnd() {
        int end = at;
        while (end < filled && buffer[end] != '\n') {
            end++;
        }
        return end;
    }

    /** Whether there is nothing on a line. */
    static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b > ' ' || b < 0) {
                return false;
            }
        }
        return true;
    }
}
