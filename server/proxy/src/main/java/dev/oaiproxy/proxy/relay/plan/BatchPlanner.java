package dev.oaiproxy.proxy.relay.plan;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.BatchLine;
import dev.oaiproxy.metering.request.ReferenceScanner;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.relay.owner.Ownership;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Prices a batch before it is created: reads its input file and checks each line like a request of
 * its own. Files at OpenAI never change, so the batch runs the lines that were read here.
 */
record BatchPlanner(InputFiles files, Ownership ownership) {
    private static final int OK = 200;

    /** OpenAI's limit on the requests of a batch. */
    private static final int MOST_LINES = 50_000;

    private static final int LONGEST_LINE = 8 << 20;
    private static final long LARGEST_FILE = 200L << 20;

    private static final String MODERATIONS = "/v1/moderations";

    /** Characters that are safe in a path. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private static final Set<String> TIERS = Set.of("auto", "default");

    /**
     * A batch whose lines are read.
     *
     * @param lookup null when OpenAI charges nothing for the lines
     */
    private record Batch(
            Key key, String endpoint, @Nullable PriceLookup lookup, BatchTotal total) {}

    /**
     * Sums up the lines of a batch, or refuses it. The sum is nothing when OpenAI charges nothing
     * for the lines, or can run none of them.
     *
     * @param facts the facts of the request that creates the batch
     */
    BatchTotal total(PlanDraft draft, RequestFacts facts, PriceBook prices, Instant at) {
        Key key = draft.key();
        String endpoint = Objects.requireNonNullElse(facts.flow().format(), "");
        Meter meter = meter(endpoint);
        boolean free = endpoint.equals(MODERATIONS);
        if (meter == null && !free) {
            throw malformed(
                    "This proxy cannot meter batches for '%s'."
                            .formatted(endpoint.replaceAll("[^A-Za-z0-9_/]", "?")),
                    "endpoint");
        }
        String file = Objects.requireNonNullElse(facts.file(), "");
        if (!ID.matcher(file).matches()) {
            throw malformed("Invalid 'input_file_id'.", "input_file_id");
        }
        if (!free) {
            files.requireFunds(key);
        }
        PriceLookup lookup =
                meter == null ? null : new PriceLookup(key, ownership, meter, prices, at);
        Batch batch = new Batch(key, endpoint, lookup, new BatchTotal());
        return files.read(key, () -> fetch(batch, file, draft.lease()));
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

    private BatchTotal fetch(Batch batch, String file, Lease lease) {
        try (UpstreamResponse response = files.open(file);
                Lease lines = lease.another()) {
            if (UpstreamErrors.isOperators(response)) {
                throw new RefusedException(new Refusal.OperatorTrouble());
            }
            if (response.status() != OK) {
                throw malformed(
                        "The input file cannot be read: OpenAI returned status %d."
                                .formatted(response.status()),
                        "input_file_id");
            }
            addAll(batch, new FileLineReader(response, LONGEST_LINE, LARGEST_FILE, lines));
            return batch.total();
        } catch (IOException e) {
            // Nothing billable has been requested yet.
            throw new RefusedException(new Refusal.Unreachable());
        }
    }

    private void addAll(Batch batch, FileLineReader file) throws IOException {
        int requests = 0;
        int number = 1;
        for (byte[] line = file.next(); line != null; number++, line = file.next()) {
            if (FileLineReader.isBlank(line)) {
                continue;
            }
            if (++requests > MOST_LINES) {
                throw badLine(number, null, "The file has more than " + MOST_LINES + " requests.");
            }
            add(batch, number, line);
        }
        if (file.isTooLarge()) {
            throw badLine(
                    number,
                    null,
                    "A line may have at most "
                            + (LONGEST_LINE >> 20)
                            + " MB, and the file at most "
                            + (LARGEST_FILE >> 20)
                            + " MB.");
        }
    }

    private void add(Batch batch, int number, byte[] line) {
        switch (BatchLine.read(line, batch.endpoint())) {
            case BatchLine.Invalid bad -> throw badLine(number, bad.customId(), bad.message());
            case BatchLine.Request request ->
                    add(batch, number, request.customId(), request.body());
            // OpenAI should reject it, but the hold covers it in case it runs.
            case BatchLine.Failing failing -> {
                byte[] body = failing.body();
                if (body != null) {
                    add(batch, number, failing.customId(), body);
                }
            }
        }
    }

    /** Adds a request; a refusal names its line. */
    private void add(Batch batch, int number, @Nullable String customId, byte[] body) {
        try {
            add(batch, body);
        } catch (RefusedException e) {
            throw new RefusedException(new Refusal.BadLine(number, customId, e.refusal()));
        }
    }

    private void add(Batch batch, byte[] body) {
        ReferenceScanner references = ReferenceScanner.in(body);
        ownership.requireReferences(batch.key(), references);
        PriceLookup lookup = batch.lookup();
        if (lookup == null) {
            return;
        }
        if (references.found().stream().anyMatch(it -> it.kind() == ObjectKind.CONTAINER)) {
            // The time at which a batch uses a container, and so its price, is unknown.
            throw malformed(
                    "A batch cannot use existing containers; use {\"type\": \"auto\"} instead.",
                    null);
        }
        RequestFacts scanned =
                RequestPlanner.facts(RequestScanner.scan(lookup.meter(), "application/json", body));
        RequestFacts facts = RequestPlanner.facts(ownership.recall(batch.key(), scanned));
        String unfit = unfit(facts);
        if (unfit != null) {
            throw malformed(unfit, null);
        }
        lookup.requireModels(facts);
        batch.total().add(lookup.maxUsage(facts));
    }

    /** The reason why a request that may be sent alone may not be sent in a batch, or null. */
    private static @Nullable String unfit(RequestFacts facts) {
        if (facts.flow().stream()) {
            return "Streaming is not possible in a batch; leave 'stream' out.";
        }
        if (facts.flow().background()) {
            return "A batch always runs in the background; leave 'background' out.";
        }
        String tier = facts.serviceTier();
        if (tier != null && !TIERS.contains(tier)) {
            return "A batch has its own service tier; leave 'service_tier' out.";
        }
        // The proxy cannot add its default limit to a line of a file.
        if (facts.tools().isHosted() && facts.tools().calls() == null) {
            return "In a batch, hosted tools need 'max_tool_calls', which limits their cost.";
        }
        return null;
    }

    private static RefusedException badLine(int number, @Nullable String customId, String message) {
        Refusal why = new Refusal.Malformed(message, null);
        return new RefusedException(new Refusal.BadLine(number, customId, why));
    }
}
