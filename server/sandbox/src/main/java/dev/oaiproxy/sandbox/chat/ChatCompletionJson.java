package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.model.CannedText;
import java.time.Instant;

/** The JSON of a chat completion, complete or in chunks. */
final class ChatCompletionJson implements CompletionJson {
    private static final String FINGERPRINT = "fp_sandbox";
    private static final String OBFUSCATION = "KxQvZpRtWmYbNdLs";
    private static final int OFF = 1000;

    private final ChatPlan generation;
    private final String id;
    private final long created = Instant.now().getEpochSecond();
    private int chunks;

    ChatCompletionJson(ChatPlan generation, String id) {
        this.generation = generation;
        this.id = "chatcmpl-" + id;
    }

    @Override
    public ObjectNode completion() {
        ObjectNode body = frame("chat.completion");
        for (int index = 0; index < generation.order().choices(); index++) {
            ObjectNode choice = body.withArray("choices").addObject();
            choice.put("index", index);
            ObjectNode message = choice.putObject("message");
            message.put("role", "assistant");
            message.put("content", CannedText.first(generation.visible()));
            if (generation.order().calls()) {
                message.putNull("content").withArray("tool_calls").add(call("{}"));
            }
            message.putNull("refusal");
            message.putArray("annotations");
            choice.putNull("logprobs");
            choice.put("finish_reason", generation.finishReason());
        }
        if (generation.directives().fault() != InjectedFault.NO_USAGE) {
            body.set("usage", usage(generation));
        }
        body.put("service_tier", generation.tier());
        return body.put("system_fingerprint", FINGERPRINT);
    }

    @Override
    public ObjectNode opening(int index) {
        ObjectNode delta = JsonNodeFactory.instance.objectNode();
        delta.put("role", "assistant").put("content", "").putNull("refusal");
        if (generation.order().calls()) {
            ObjectNode call = call("").put("index", 0);
            delta.putNull("content").withArray("tool_calls").add(call);
        }
        return chunk(index, delta);
    }

    private ObjectNode call(String arguments) {
        ObjectNode call = JsonNodeFactory.instance.objectNode();
        call.put("id", "call_" + id).put("type", "function");
        call.putObject("function")
                .put("name", generation.order().called())
                .put("arguments", arguments);
        return call;
    }

    @Override
    public ObjectNode token(int index, int token) {
        ObjectNode delta = JsonNodeFactory.instance.objectNode();
        if (!generation.order().calls()) {
            return chunk(index, delta.put("content", CannedText.token(token)));
        }
        String arguments = token == 0 ? "{" : token == generation.visible() - 1 ? "}" : " ";
        delta.withArray("tool_calls")
                .addObject()
                .put("index", 0)
                .putObject("function")
                .put("arguments", arguments);
        return chunk(index, delta);
    }

    @Override
    public ObjectNode closing(int index) {
        ObjectNode chunk = chunk(index, JsonNodeFactory.instance.objectNode());
        ObjectNode choice = (ObjectNode) chunk.path("choices").path(0);
        choice.put("finish_reason", generation.finishReason());
        return chunk;
    }

    @Override
    public ObjectNode usageChunk() {
        ObjectNode chunk = streamFrame();
        chunk.putArray("choices");
        chunk.set("usage", usage(generation));
        return obfuscate(chunk);
    }

    private ObjectNode chunk(int index, ObjectNode delta) {
        ObjectNode chunk = streamFrame();
        ObjectNode choice = chunk.putArray("choices").addObject();
        choice.put("index", index);
        choice.set("delta", delta);
        choice.putNull("logprobs").putNull("finish_reason");
        if (generation.order().includeUsage()) {
            chunk.putNull("usage");
        }
        return obfuscate(chunk);
    }

    /** OpenAI pads chunks with random text, so that their sizes do not reveal the words. */
    private ObjectNode obfuscate(ObjectNode chunk) {
        if (generation.order().obfuscated()) {
            int length = ++chunks % OBFUSCATION.length();
            chunk.put("obfuscation", OBFUSCATION.substring(length));
        }
        return chunk;
    }

    private ObjectNode streamFrame() {
        return frame("chat.completion.chunk")
                .put("service_tier", generation.tier())
                .put("system_fingerprint", FINGERPRINT);
    }

    private ObjectNode frame(String object) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", generation.order().model().snapshot());
    }

    /** The usage in a completion, falsified if a fault asks for it. */
    static ObjectNode usage(ChatPlan generation) {
        SandboxBill.TokenCounts tokens = generation.allTokens();
        InjectedFault fault = generation.directives().fault();
        int sign = fault == InjectedFault.NEGATIVE_USAGE ? -1 : 1;
        int excess = fault == InjectedFault.BAD_USAGE ? OFF : 0;
        ObjectNode usage = JsonNodeFactory.instance.objectNode();
        usage.put("prompt_tokens", sign * tokens.prompt());
        usage.put("completion_tokens", sign * tokens.completion());
        usage.put("total_tokens", sign * (tokens.prompt() + tokens.completion()));
        ObjectNode prompt = usage.putObject("prompt_tokens_details");
        prompt.put("cached_tokens", tokens.cached() + excess * (1 + tokens.prompt()));
        prompt.put("audio_tokens", 0);
        if (generation.order().model().chargesCacheWrites()) {
            prompt.put("cache_write_tokens", tokens.cacheWrite());
        }
        usage.putObject("completion_tokens_details")
                .put("reasoning_tokens", tokens.reasoning() + excess * (1 + tokens.completion()))
                .put("audio_tokens", 0)
                .put("accepted_prediction_tokens", 0)
                .put("rejected_prediction_tokens", 0);
        return usage;
    }
}
