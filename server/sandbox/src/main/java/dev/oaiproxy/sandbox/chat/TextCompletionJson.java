package dev.oaiproxy.sandbox.chat;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.model.CannedText;
import java.time.Instant;

/** The JSON of a text completion, complete or in chunks. */
final class TextCompletionJson implements CompletionJson {
    private final ChatPlan plan;
    private final int shown;
    private final String id;
    private final long created = Instant.now().getEpochSecond();

    /** Only the best of the generated and charged choices are shown. */
    TextCompletionJson(ChatPlan plan, int shown, String id) {
        this.plan = plan;
        this.shown = shown;
        this.id = "cmpl-" + id;
    }

    @Override
    public ObjectNode completion() {
        ObjectNode body = frame();
        String said = CannedText.first(plan.visible());
        for (int index = 0; index < shown; index++) {
            choice(body, index, said).put("finish_reason", plan.finishReason());
        }
        plan.directives().fault().addUsage(body, usage());
        return body;
    }

    @Override
    public ObjectNode opening(int index) {
        return chunk(index, "");
    }

    @Override
    public ObjectNode token(int index, int token) {
        return chunk(index, CannedText.token(token));
    }

    @Override
    public ObjectNode closing(int index) {
        ObjectNode chunk = chunk(index, "");
        ObjectNode choice = (ObjectNode) chunk.path("choices").path(0);
        choice.put("finish_reason", plan.finishReason());
        return chunk;
    }

    @Override
    public ObjectNode usageChunk() {
        return frame().set("usage", usage());
    }

    /** Text completions report only totals, unless a fault falsifies the details. */
    private ObjectNode usage() {
        ObjectNode usage = ChatCompletionJson.usage(plan);
        return plan.directives().fault() == InjectedFault.BAD_USAGE
                ? usage
                : usage.retain("prompt_tokens", "completion_tokens", "total_tokens");
    }

    private ObjectNode chunk(int index, String text) {
        ObjectNode chunk = frame();
        choice(chunk, index, text).putNull("finish_reason");
        return plan.request().includeUsage() ? chunk.putNull("usage") : chunk;
    }

    private static ObjectNode choice(ObjectNode body, int index, String text) {
        return body.withArray("choices")
                .addObject()
                .put("text", text)
                .put("index", index)
                .putNull("logprobs");
    }

    private ObjectNode frame() {
        ObjectNode frame = newObject();
        frame.put("id", id).put("object", "text_completion").put("created", created);
        frame.put("model", plan.request().model().snapshot()).putArray("choices");
        return frame;
    }
}
