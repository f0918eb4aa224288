package dev.oaiproxy.proxy.relay.call;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.usage.ResponseMode;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Adds the cost of a call to the usage in its response, as {@code cost_usd}, for a client that
 * requests it by a header. All other bytes stay as they are. The bytes after the usage are kept
 * back until the cost is known; they are few.
 */
public final class CostInUsage {
    private static final String HEADER = "x-oaiproxy-cost";
    private static final String WANTED = "usage";

    /** The cost is left out when more bytes than this follow the usage. */
    private static final int MOST_KEPT = 64 << 10;

    private final UsageEndFinder scanner;
    private final HeldBytes kept;
    private boolean holding;
    private boolean done;

    private CostInUsage(UsageEndFinder scanner, Lease lease) {
        this.scanner = scanner;
        this.kept = new HeldBytes(lease, Use.RESPONSE);
    }

    /** An instance for a response; null when the response has no place for a cost. */
    static @Nullable CostInUsage of(
            Meter meter, UpstreamResponse response, ResponseMode mode, Lease lease) {
        return switch (mode.pace()) {
            case EVENTS ->
                    meter.streamsUsage() ? new CostInUsage(UsageEndFinder.ofEvents(), lease) : null;
            case WHOLE ->
                    isJson(response, mode) ? new CostInUsage(UsageEndFinder.ofJson(), lease) : null;
            case PIECES -> null;
        };
    }

    private static boolean isJson(UpstreamResponse response, ResponseMode mode) {
        return mode.contentType() == null
                && response.headers()
                        .first("content-type")
                        .filter(type -> type.startsWith("application/json"))
                        .isPresent();
    }

    /** True when the headers of a request or handshake ask for the cost. */
    public static boolean isWanted(Headers asked) {
        return asked.first(HEADER)
                .filter(text -> text.strip().equalsIgnoreCase(WANTED))
                .isPresent();
    }

    /** Takes bytes for the client, and returns those that need not wait for the cost. */
    ByteBuffer pass(ByteBuffer bytes) {
        if (done) {
            return bytes;
        }
        byte[] all = bytes(bytes);
        int end = scanner.end(all, 0, all.length);
        if (end < 0 && !holding) {
            return ByteBuffer.wrap(all);
        }
        ByteArrayOutputStream free = new ByteArrayOutputStream();
        int from = Math.max(end, 0);
        if (end >= 0) {
            // Only the last usage gets the cost, so the bytes kept after an earlier one may leave.
            giveKept(free);
            free.write(all, 0, end);
        }
        holding = true;
        int count = all.length - from;
        if (kept.size() + count > MOST_KEPT || !kept.add(all, from, count)) {
            giveKept(free);
            free.write(all, from, count);
            holding = false;
        }
        return ByteBuffer.wrap(free.toByteArray());
    }

    /**
     * Takes the last bytes for the client, and returns them with all that was kept back.
     *
     * @param cost the cost of the call; null when unknown
     */
    ByteBuffer last(ByteBuffer bytes, @Nullable Usd cost) {
        ByteBuffer before = pass(bytes);
        if (done || !holding) {
            done = true;
            return before;
        }
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        rest.writeBytes(bytes(before));
        if (cost != null) {
            rest.writeBytes(scanner.member(cost.toString()).getBytes(US_ASCII));
        }
        giveKept(rest);
        done = true;
        return ByteBuffer.wrap(rest.toByteArray());
    }

    private void giveKept(ByteArrayOutputStream out) {
        kept.view().forEach(piece -> out.writeBytes(bytes(piece)));
        kept.drop();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
