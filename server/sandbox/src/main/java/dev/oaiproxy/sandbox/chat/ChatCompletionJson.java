package dev.oaiproxy.sandbox.chat;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.model.CannedText;
import java.time.Instant;

/** The JSON of a chat completion, complete or in chunks. */
final class ChatCompletionJson implements CompletionJson {
    private static final String FINGERPRINT = "fp_sandbox";
    private static final String OBFUSCATION = "KxQvZpRtWmYbNdLs";

    private final ChatPlan plan;
    private final String id;
    private final long created = Instant.now().getEpochSecond();
    private int chunks;

    ChatCompletionJson(ChatPlan plan, String id) {
        this.plan = plan;
        this.id = "chatcmpl-" + id;
    }

    @Override
    public ObjectNode completion() {
        ObjectNode body = frame("chat.completion");
        for (int index = 0; index < plan.request().choices(); index++) {
            ObjectNode choice = body.withArray("choices").addObject().put("index", index);
            ObjectNode message = choice.putObject("message").put("role", "assistant");
            message.put("content", CannedText.first(plan.visible()));
            if (plan.request().calls()) {
                message.putNull("content").withArray("tool_calls").add(call("{}"));
            }
            message.putNull("refusal").putArray("annotations");
            choice.putNull("logprobs").put("finish_reason", plan.finishReason());
        }
        plan.directives().fault().addUsage(body, usage(plan));
        body.put("service_tier", plan.tier());
        return body.put("system_fingerprint", FINGERPRINT);
    }

    @Override
    public ObjectNode opening(int index) {
        ObjectNode delta = newObject();
        delta.put("role", "assistant").put("content", "").putNull("refusal");
        if (plan.request().calls()) {
            ObjectNode call = call("").put("index", 0);
            delta.putNull("content").withArray("tool_calls").add(call);
        }
        return chunk(index, delta);
    }

    private ObjectNode call(String arguments) {
        ObjectNode call = newObject();
        call.put("id", "call_" + id).put("type", "function");
        call.putObject("function").put("name", plan.request().called()).put("arguments", arguments);
        return call;
    }

    @Override
    public ObjectNode token(int index, int token) {
        ObjectNode delta = newObject();
        if (!plan.request().calls()) {
            return chunk(index, delta.put("content", CannedText.token(token)));
        }
        String arguments = token == 0 ? "{" : token == plan.visible() - 1 ? "}" : " ";
        delta.withArray("tool_calls")
                .addObject()
                .put("index", 0)
                .putObject("function")
                .put("arguments", arguments);
        return chunk(index, delta);
    }

    @Override
    public ObjectNode closing(int index) {
        ObjectNode chunk = chunk(index, newObject());
        ObjectNode choice = (ObjectNode) chunk.path("choices").path(0);
        choice.put("finish_reason", plan.finishReason());
        return chunk;
    }

    @Override
    public ObjectNode usageChunk() {
        ObjectNode chunk = streamFrame();
        chunk.putArray("choices");
        chunk.set("usage", usage(plan));
        return obfuscate(chunk);
    }

    private ObjectNode chunk(int index, ObjectNode delta) {
        ObjectNode chunk = streamFrame();
        chunk.putArray("choices")
                .addObject()
                .put("index", index)
                .<ObjectNode>set("delta", delta)
                .putNull("logprobs")
                .putNull("finish_reason");
        if (plan.request().includeUsage()) {
            chunk.putNull("usage");
        }
        return obfuscate(chunk);
    }

    /** OpenAI pads chunks with random text, so that their sizes do not reveal the words. */
    private ObjectNode obfuscate(ObjectNode chunk) {
        if (plan.request().obfuscated()) {
            int length = ++chunks % OBFUSCATION.length();
            chunk.put("obfuscation", OBFUSCATION.substring(length));
        }
        return chunk;
    }

    private ObjectNode streamFrame() {
        return frame("chat.completion.chunk")
                .put("service_tier", plan.tier())
                .put("system_fingerprint", FINGERPRINT);
    }

    private ObjectNode frame(String object) {
        return newObject()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", plan.request().model().snapshot());
    }

    /** The usage in a completion, falsified if a fault asks for it. */
    static ObjectNode usage(ChatPlan plan) {
        SandboxBill.TokenCounts tokens = plan.allTokens();
        InjectedFault fault = plan.directives().fault();
        int sign = fault.usageSign();
        ObjectNode usage =
                newObject()
                        .put("prompt_tokens", sign * tokens.prompt())
                        .put("completion_tokens", sign * tokens.completion())
                        .put("total_tokens", sign * (tokens.prompt() + tokens.completion()));
        ObjectNode prompt =
                usage.putObject("prompt_tokens_details")
                        .put("cached_tokens", tokens.cached() + fault.usageExcess(tokens.prompt()))
                        .put("audio_tokens", 0);
        if (plan.request().model().chargesCacheWrites()) {
            prompt.put("cache_write_tokens", tokens.cacheWrite());
        }
        usage.putObject("completion_tokens_details")
                .put(
                        "reasoning_tokens",
                        tokens.reasoning() + fault.usageExcess(tokens.completion()))
                .put("audio_tokens", 0)
                .put("accepted_prediction_tokens", 0)
                .put("rejected_prediction_tokens", 0);
        return usage;
    }
}
