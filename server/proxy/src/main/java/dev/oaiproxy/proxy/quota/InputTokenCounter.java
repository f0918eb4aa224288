package dev.oaiproxy.proxy.quota;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.price.InputBound;
import dev.oaiproxy.metering.request.ChatAsResponseInput;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.json.JsonEdit;
import dev.oaiproxy.metering.request.picture.Pictures;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Counts input tokens when the cheap bound does not fit the quota. Text is counted locally.
 * OpenAI's free {@code /responses/input_tokens} counts files, earlier responses and unusual images;
 * a chat is rewritten as a response for it.
 */
public final class InputTokenCounter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int LARGEST_ANSWER = 64 << 10;
    private static final long MARGIN_TOKENS = 64;
    private static final long CHAT_MARGIN_PARTS = 10;

    /** Copies of the request that exist while it is rewritten. */
    private static final long COPIES = 3;

    /** Fields that count as input; the rest of a request affects the output alone. */
    private static final Set<String> COUNTED =
            Set.of(
                    "model",
                    "input",
                    "instructions",
                    "previous_response_id",
                    "tools",
                    "tool_choice",
                    "parallel_tool_calls",
                    "reasoning",
                    "text",
                    "truncation");

    private final Upstream upstream;
    private final ByteBudget memory;
    private final TokenEstimate tokens;

    /**
     * @param memory the budget from which counting takes its memory
     */
    public InputTokenCounter(Upstream upstream, ByteBudget memory) {
        this.upstream = upstream;
        this.memory = memory;
        this.tokens = new TokenEstimate(memory);
    }

    /**
     * True when only OpenAI can count the request's files. A request that continues an earlier
     * response is not counted in advance, since every turn of a conversation would wait.
     */
    static boolean hasFiles(MeteredRequest request) {
        RequestFacts.Input input = request.facts().input();
        return input.countable()
                && !input.recalls()
                && !InputBound.of(request.price(), input).bounded();
    }

    /** True when OpenAI would be asked for a closer bound. */
    static boolean asksOpenAi(MeteredRequest request) {
        RequestFacts.Input input = request.facts().input();
        return input.countable()
                && request.maxUsage().readsNoMoreThanIsKnown()
                && !isCountedHere(request);
    }

    private static boolean isCountedHere(MeteredRequest request) {
        RequestFacts.Input input = request.facts().input();
        return InputBound.of(request.price(), input).bounded() && input.pictures().areMeasured();
    }

    /** The same request with a closer bound of its input, if there is one. */
    MeteredRequest closer(MeteredRequest request) {
        RequestFacts facts = request.facts();
        if (!request.maxUsage().readsNoMoreThanIsKnown() || isRecording(request.meter())) {
            return request;
        }
        if (isCountedHere(request)) {
            return withTextCounted(request);
        }
        OptionalLong count = counted(request);
        if (count.isPresent()) {
            long tokens = count.getAsLong();
            return request.with(facts.withInputBound(tokens + margin(request, tokens)));
        }
        boolean bounded = InputBound.of(request.price(), facts.input()).bounded();
        return bounded ? withTextCounted(request) : request;
    }

    /** True for a recording. The text beside it is short, and its sound cannot be counted. */
    private static boolean isRecording(Meter meter) {
        return meter == Meter.TRANSCRIPTION || meter == Meter.TRANSLATION;
    }

    private MeteredRequest withTextCounted(MeteredRequest request) {
        RequestFacts facts = request.facts();
        Pictures pictures = facts.input().pictures();
        long bytes = facts.input().bound() - pictures.bytes();
        long bound =
                pictures.isEmpty() ? tokens.bound(request.body(), bytes) : text(request, bytes);
        return request.with(facts.withTextBound(bound));
    }

    /** Counts the text, unless there is no memory for a copy of it. */
    private long text(MeteredRequest request, long bytes) {
        try (Lease lease = memory.lease()) {
            return lease.take(Use.REQUEST, bytes)
                    ? tokens.bound(RequestScanner.text(request.meter(), request.body()), bytes)
                    : bytes;
        }
    }

    /** Has OpenAI count the input, unless there is no memory for a copy of the request. */
    private OptionalLong counted(MeteredRequest request) {
        if (!request.facts().input().countable()) {
            return OptionalLong.empty();
        }
        try (Lease lease = memory.lease()) {
            if (!lease.take(Use.REQUEST, COPIES * request.body().length)) {
                return OptionalLong.empty();
            }
            Optional<byte[]> input = input(request);
            return input.isEmpty() ? OptionalLong.empty() : asked(input.get());
        }
    }

    private static Optional<byte[]> input(MeteredRequest request) {
        return switch (request.meter()) {
            case RESPONSE -> Optional.of(JsonEdit.only(request.body(), COUNTED));
            case CHAT -> ChatAsResponseInput.asResponse(request.body());
            default -> Optional.empty();
        };
    }

    /**
     * A margin, since the prompt of a chat may differ from the prompt of the response that is
     * counted for it.
     */
    private static long margin(MeteredRequest request, long count) {
        return MARGIN_TOKENS + (request.meter() == Meter.CHAT ? count / CHAT_MARGIN_PARTS : 0);
    }

    private OptionalLong asked(byte[] body) {
        UpstreamRequest request =
                new UpstreamRequest(
                        "POST",
                        "/responses/input_tokens",
                        Headers.of("content-type", "application/json"),
                        body);
        try (UpstreamResponse response = upstream.send(request)) {
            return response.status() == OK ? tokens(response) : OptionalLong.empty();
        } catch (IOException unknown) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong tokens(UpstreamResponse response) throws IOException {
        byte[] json = response.readAtMost(LARGEST_ANSWER);
        long count = JSON.readTree(json).path("input_tokens").asLong(-1);
        return count < 0 ? OptionalLong.empty() : OptionalLong.of(count);
    }
}
