package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.BatchLine;
import dev.oaiproxy.metering.request.ReferenceScanner;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.ScanResult;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.relay.owner.Ownership;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the input file of a batch before the batch is made, and looks at each line as it would at
 * the same request on its own. OpenAI never changes a file, so what is read here is what it runs.
 */
final class BatchPlanner {
    private static final int OK = 200;

    /** OpenAI takes no more lines, and no larger files. */
    private static final int MOST_LINES = 50_000;

    private static final FileLineReader.Bounds BOUNDS =
            new FileLineReader.Bounds(8 << 20, 200L << 20);

    /** What can stand in a path. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private static final Set<String> TIERS = Set.of("auto", "default");

    private final Upstream upstream;
    private final Ownership ownership;
    private final FileReadLimits reads;

    BatchPlanner(Upstream upstream, Ownership ownership, FileReadLimits reads) {
        this.upstream = upstream;
        this.ownership = ownership;
        this.reads = reads;
    }

    /**
     * A batch that somebody asks for.
     *
     * @param facts what the request for it says
     * @param lease what its lines are taken from
     */
    record Asked(Key key, RequestFacts facts, PriceBook prices, Instant at, Lease lease) {
        String endpoint() {
            String endpoint = facts.flow().format();
            return endpoint == null ? "" : endpoint;
        }

        String file() {
            String file = facts.file();
            return file == null ? "" : file;
        }
    }

    /** What came of it. */
    sealed interface Outcome {
        record Held(BatchTotal total) implements Outcome {}

        /** OpenAI asks nothing for its lines, or can run none of them. */
        record Free() implements Outcome {}

        record Refused(Refusal why) implements Outcome {}
    }

    Outcome read(Asked batch) {
        if (!isMetered(batch.endpoint())) {
            return refuse(
                    "This proxy cannot meter batches for '%s'."
                            .formatted(batch.endpoint().replaceAll("[^A-Za-z0-9_/]", "?")),
                    "endpoint");
        }
        if (!ID.matcher(batch.file()).matches()) {
            return refuse("Invalid 'input_file_id'.", "input_file_id");
        }
        Refusal broke = isFree(batch.endpoint()) ? null : reads.objection(batch.key());
        return broke == null
                ? reads.read(batch.key(), () -> fetched(batch))
                        .orElseGet(() -> new Outcome.Refused(new Refusal.Crowded()))
                : new Outcome.Refused(broke);
    }

    private static boolean isMetered(String endpoint) {
        return meter(endpoint) != null || isFree(endpoint);
    }

    private static boolean isFree(String endpoint) {
        return endpoint.equals("/v1/moderations");
    }

    private static @Nullable Meter meter(String endpoint) {
        return switch (endpoint) {
            case "/v1/chat/completions" -> Meter.CHAT;
            case "/v1/completions" -> Meter.COMPLETION;
            case "/v1/responses" -> Meter.RESPONSE;
            case "/v1/embeddings" -> Meter.EMBEDDINGS;
            case "/v1/images/generations" -> Meter.IMAGE;
            case "/v1/images/edits" -> Meter.IMAGE_EDIT;
            default -> null;
        };
    }

    private Outcome fetched(Asked batch) {
        String path = "/files/" + batch.file() + "/content";
        try (UpstreamResponse response =
                upstream.send(new UpstreamRequest("GET", path, Headers.NONE, new byte[0]))) {
            if (UpstreamErrors.isOperators(response)) {
                return new Outcome.Refused(new Refusal.OperatorTrouble());
            }
            return response.status() == OK
                    ? lines(batch, response)
                    : refuse(
                            "The input file cannot be read: OpenAI answered %d."
                                    .formatted(response.status()),
                            "input_file_id");
        } catch (UpstreamException e) {
            // Nothing has been asked for yet that OpenAI bills.
            return new Outcome.Refused(new Refusal.Unreachable());
        }
    }

    private Outcome lines(Asked batch, UpstreamResponse response) throws UpstreamException {
        try (Lease lease = batch.lease().another()) {
            return lines(batch, new FileLineReader(response, BOUNDS, lease));
        } catch (NoRoomException e) {
            return new Outcome.Refused(new Refusal.NoRoom());
        }
    }

    private Outcome lines(Asked batch, FileLineReader file) throws UpstreamException {
        BatchTotal total = new BatchTotal();
        int requests = 0;
        int number = 1;
        FileLineReader.Next next = file.next();
        for (; next instanceof FileLineReader.Next.Line line; number++, next = file.next()) {
            if (!FileLineReader.isBlank(line.bytes())) {
                Outcome.Refused objection =
                        ++requests > MOST_LINES
                                ? refuse(number, null, malformed("There are too many lines."))
                                : line(batch, number, line.bytes(), total);
                if (objection != null) {
                    return objection;
                }
            }
        }
        if (next instanceof FileLineReader.Next.TooLarge) {
            return refuse(number, null, malformed("It is too long, or the file is."));
        }
        return total.isNothing() ? new Outcome.Free() : new Outcome.Held(total);
    }

    private Outcome.@Nullable Refused line(Asked batch, int number, byte[] line, BatchTotal total) {
        return switch (BatchLine.read(line, batch.endpoint())) {
            case BatchLine.Malformed bad ->
                    refuse(number, bad.customId(), malformed(bad.message()));
            case BatchLine.Request request ->
                    named(number, request.customId(), objection(batch, request.body(), total));
            // What it could cost is held all the same: nothing runs unmetered if OpenAI takes it.
            case BatchLine.Failing failing -> {
                byte[] body = failing.body();
                yield body == null
                        ? null
                        : named(number, failing.customId(), objection(batch, body, total));
            }
        };
    }

    private static Outcome.@Nullable Refused named(
            int number, @Nullable String customId, @Nullable Refusal why) {
        return why == null ? null : refuse(number, customId, why);
    }

    private @Nullable Refusal objection(Asked batch, byte[] body, BatchTotal total) {
        ReferenceScanner referenceScanner = ReferenceScanner.in(body);
        Refusal foreign = ownership.objection(batch.key(), referenceScanner).orElse(null);
        Meter meter = meter(batch.endpoint());
        if (foreign != null || meter == null) {
            return foreign;
        }
        if (referenceScanner.found().stream().anyMatch(it -> it.kind() == ObjectKind.CONTAINER)) {
            // Nobody knows when the batch would use it, and so until when it would have to be paid.
            return malformed("In a batch, containers are made by OpenAI: {\"type\": \"auto\"}.");
        }
        return switch (RequestScanner.scan(meter, "application/json", body)) {
            case ScanResult.Malformed bad -> new Refusal.Malformed(bad.message(), bad.param());
            case ScanResult.Facts scanned -> recalled(batch, meter, scanned.facts(), total);
        };
    }

    private @Nullable Refusal recalled(
            Asked batch, Meter meter, RequestFacts facts, BatchTotal total) {
        return switch (ownership.recall(batch.key(), facts)) {
            case ScanResult.Malformed bad -> new Refusal.Malformed(bad.message(), bad.param());
            case ScanResult.Facts whole -> {
                String odd = unfit(whole.facts());
                yield odd == null ? add(batch, meter, whole.facts(), total) : malformed(odd);
            }
        };
    }

    private @Nullable Refusal add(Asked batch, Meter meter, RequestFacts facts, BatchTotal total) {
        PriceLookup priceLookup =
                new PriceLookup(
                        new PriceLookup.Asker(batch.key(), ownership),
                        meter,
                        batch.prices(),
                        batch.at());
        return switch (priceLookup.of(facts)) {
            case PriceLookup.Outcome.Refused refused -> refused.why();
            case PriceLookup.Outcome.Priced priced -> total.add(priced.maxUsage());
        };
    }

    /** What may be asked for alone, and not in a batch; or null. */
    private static @Nullable String unfit(RequestFacts facts) {
        if (facts.flow().stream()) {
            return "Streaming is not possible in a batch; leave 'stream' out.";
        }
        if (facts.flow().background()) {
            return "A batch is in the background as it is; leave 'background' out.";
        }
        String tier = facts.serviceTier();
        if (tier != null && !TIERS.contains(tier)) {
            return "A batch has a service tier of its own; leave 'service_tier' out.";
        }
        // A file cannot be given the limit that a request on its own is.
        if (facts.tools().isHosted() && facts.tools().calls() == null) {
            return "In a batch, hosted tools need 'max_tool_calls', which bounds what they cost.";
        }
        return null;
    }

    private static Refusal malformed(String message) {
        return new Refusal.Malformed(message, null);
    }

    private static Outcome refuse(String message, String param) {
        return new Outcome.Refused(new Refusal.Malformed(message, param));
    }

    private static Outcome.Refused refuse(int number, @Nullable String customId, Refusal why) {
        return new Outcome.Refused(new Refusal.BadLine(number, customId, why));
    }
}
