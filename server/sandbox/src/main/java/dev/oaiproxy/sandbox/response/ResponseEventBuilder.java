package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.model.CannedText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Builds all events of a response before the first is sent. */
final class ResponseEventBuilder {
    private static final int SPARED = 2;

    /** OpenAI pads deltas with random text, so that their sizes do not reveal the words. */
    private static final String OBFUSCATION = "KxQvZpRt";

    private final ResponsePlan plan;
    private final ResponseSnapshots snapshots;
    private final List<ResponseEvent> events = new ArrayList<>();
    private final ArrayNode output = JsonNodeFactory.instance.arrayNode();
    private int made;
    private int called;

    private ResponseEventBuilder(ResponsePlan plan, ResponseSnapshots snapshots) {
        this.plan = plan;
        this.snapshots = snapshots;
    }

    static List<ResponseEvent> of(ResponsePlan plan, ResponseSnapshots snapshots) {
        ResponseEventBuilder builder = new ResponseEventBuilder(plan, snapshots);
        builder.addStart();
        builder.addReasoning();
        plan.items().forEach(builder::addToolCall);
        if (plan.visible() > 0 && !plan.onlyCalls()) {
            builder.addMessage();
        }
        return switch (plan.directives().fault()) {
            case FAILED, FAILED_NO_USAGE -> builder.failed();
            default -> builder.completed();
        };
    }

    private ObjectNode event(String type) {
        return newObject().put("type", "response." + type);
    }

    private void add(ObjectNode event) {
        add(event, Duration.ZERO);
    }

    private void add(ObjectNode event, Duration delay) {
        event.put("sequence_number", events.size());
        events.add(new ResponseEvent(event, delay, made, called));
    }

    private ObjectNode state(String type, ObjectNode response) {
        return event(type).set("response", response);
    }

    private void addStart() {
        boolean queued = plan.request().background();
        add(state("created", snapshots.unfinished(queued ? "queued" : "in_progress")));
        if (queued) {
            add(state("queued", snapshots.unfinished("queued")));
        }
        add(
                state("in_progress", snapshots.unfinished("in_progress")),
                queued ? plan.delay() : Duration.ZERO);
    }

    private void addReasoning() {
        if (plan.reasoning() > 0) {
            ObjectNode thought = newObject();
            thought.put("id", "rs_" + plan.id()).put("type", "reasoning").putArray("summary");
            if (plan.request().isThoughtTold()) {
                thought.withArray("summary")
                        .addObject()
                        .put("type", "summary_text")
                        .put("text", "It thinks.");
            }
            if (plan.request().includes("reasoning.encrypted_content")) {
                thought.put("encrypted_content", "c2FuZGJveA==");
            }
            item("output_item.added", thought);
            done(thought);
        }
    }

    private void item(String type, ObjectNode item) {
        add(event(type).put("output_index", output.size()).set("item", item));
    }

    private void done(ObjectNode item) {
        item("output_item.done", item);
        output.add(item);
    }

    private void addToolCall(OutputItem item) {
        item("output_item.added", item.begun());
        for (String step : item.steps()) {
            add(
                    event(item.type() + "." + step)
                            .put("output_index", output.size())
                            .put("item_id", item.json().path("id").asText()));
        }
        if (item.type().equals("function_call")) {
            addArguments(item.json());
        }
        called++;
        done(item.json());
    }

    /** Adds the arguments of a function call. They are the visible output if no message follows. */
    private void addArguments(ObjectNode call) {
        made += plan.onlyCalls() ? plan.visible() : 0;
        String arguments = call.path("arguments").asText();
        ObjectNode delta = event("function_call_arguments.delta");
        delta.put("item_id", call.path("id").asText()).put("output_index", output.size());
        add(delta.put("delta", arguments).put("obfuscation", OBFUSCATION), plan.delay());
        ObjectNode all = event("function_call_arguments.done");
        all.put("item_id", call.path("id").asText()).put("output_index", output.size());
        add(all.put("arguments", arguments));
    }

    private void addMessage() {
        item("output_item.added", message("in_progress"));
        add(part("content_part.added").set("part", text("")));
        for (int token = 0; token < plan.visible(); token++) {
            made++;
            ObjectNode delta = part("output_text.delta").put("delta", CannedText.token(token));
            delta.putArray("logprobs");
            add(delta.put("obfuscation", OBFUSCATION), plan.delay());
        }
        String said = CannedText.first(plan.visible());
        ObjectNode spoken = part("output_text.done").put("text", said);
        spoken.putArray("logprobs");
        add(spoken);
        add(part("content_part.done").set("part", text(said)));
        ObjectNode message = message(plan.whole() ? "completed" : "incomplete");
        ObjectNode words = text(said);
        words.putArray("annotations").addAll(citations());
        message.withArray("content").add(words);
        done(message);
    }

    /** The citations of tool results in the message. */
    private List<ObjectNode> citations() {
        List<ObjectNode> all = new ArrayList<>();
        for (OutputItem item : plan.items()) {
            ObjectNode citation = newObject();
            switch (item.type()) {
                case "code_interpreter_call" ->
                        all.add(
                                citation.put("type", "container_file_citation")
                                        .put(
                                                "container_id",
                                                item.json().path("container_id").asText())
                                        .put("file_id", "cfile_" + plan.id())
                                        .put("filename", "plot.png")
                                        .put("start_index", 0)
                                        .put("end_index", 1));
                case "web_search_call" ->
                        all.add(
                                citation.put("type", "url_citation")
                                        .put("url", "https://example.com/")
                                        .put("title", "News")
                                        .put("start_index", 0)
                                        .put("end_index", 1));
                case "file_search_call" ->
                        all.add(
                                citation.put("type", "file_citation")
                                        .put("file_id", "file-" + plan.id())
                                        .put("filename", "news.txt")
                                        .put("index", 0));
                default -> {}
            }
        }
        return all;
    }

    private String messageId() {
        return "msg_" + plan.id();
    }

    private ObjectNode part(String type) {
        return event(type)
                .put("item_id", messageId())
                .put("output_index", output.size())
                .put("content_index", 0);
    }

    private ObjectNode message(String status) {
        ObjectNode message = newObject();
        message.put("id", messageId()).put("type", "message").put("status", status);
        message.put("role", "assistant").putArray("content");
        return message;
    }

    private static ObjectNode text(String text) {
        ObjectNode part = newObject();
        part.put("type", "output_text").put("text", text).putArray("annotations");
        part.putArray("logprobs");
        return part;
    }

    private List<ResponseEvent> completed() {
        add(state(plan.whole() ? "completed" : "incomplete", snapshots.finished(output)));
        return List.copyOf(events);
    }

    /** Drops the events after the fault, except for those that report the start. */
    private List<ResponseEvent> failed() {
        int kept = Math.clamp(plan.directives().after(), SPARED, events.size());
        events.subList(kept, events.size()).clear();
        ResponseEvent last = events.getLast();
        made = last.made();
        called = last.items();
        add(state("failed", snapshots.failed(last)));
        return List.copyOf(events);
    }
}
