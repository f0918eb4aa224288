package dev.oaiproxy.e2e.race;

import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.request.picture.SamplePictures;
import java.util.List;
import java.util.Random;

/**
 * A random request: a plain chat, a chat with a service tier or an image, a response with hosted
 * tools, or a request that OpenAI fails in the middle of its response. Requests that fail use
 * models of their own, so that a bill shows them.
 *
 * @param path below {@code /v1}
 */
record ClientRequest(Meter meter, String path, String body) {
    /** The model of requests whose stream breaks off or ends with an error event. */
    private static final String FAILING_STREAM = "gpt-4.1-mini";

    /** The model of requests whose response in one piece fails. */
    private static final String FAILING_PIECE = "gpt-4.1-nano";

    private static final String CHAT_END = "data: [DONE]";
    private static final String RESPONSE_END = "event: response.completed";

    private static final List<String> TIERS =
            List.of("", ",\"service_tier\":\"default\"", ",\"service_tier\":\"priority\"");
    private static final List<String> TOOLS =
            List.of(
                    "{\"type\":\"web_search\"}",
                    "{\"type\":\"code_interpreter\",\"container\":{\"type\":\"auto\"}}",
                    "{\"type\":\"file_search\",\"vector_store_ids\":[]}",
                    "{\"type\":\"web_search\"},"
                            + "{\"type\":\"code_interpreter\",\"container\":{\"type\":\"auto\"}}");
    private static final List<String> CHAT_FAULTS = List.of("cut", "no-usage", "error-event");
    private static final List<String> RESPONSE_FAULTS =
            List.of("cut", "failed", "failed-no-usage", "error-event");

    /** A random request; half of them are plain chats. */
    static ClientRequest random(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> tiered(random);
            case 1 -> pictured(random);
            case 2 -> response("gpt-4o-mini", told(random), tools(random) + stream(random));
            case 3 -> failingChat(random);
            case 4 -> failingResponse(random);
            default -> plain(random);
        };
    }

    /** A chat without options. */
    static ClientRequest plain(Random random) {
        return chat("gpt-4o", '"' + told(random) + '"', stream(random));
    }

    private static ClientRequest tiered(Random random) {
        return chat("gpt-5.4-mini", '"' + told(random) + '"', any(TIERS, random) + stream(random));
    }

    private static ClientRequest pictured(Random random) {
        byte[] picture = SamplePictures.png(random.nextInt(1, 3000), random.nextInt(1, 3000));
        String content =
                """
                [{"type":"text","text":"%s"},
                 {"type":"image_url","image_url":{"url":"%s"%s}}]\
                """
                        .formatted(
                                told(random),
                                SamplePictures.url(picture),
                                random.nextBoolean() ? "" : ",\"detail\":\"low\"");
        return chat("gpt-4o", content, stream(random));
    }

    private static ClientRequest failingChat(Random random) {
        boolean stream = random.nextBoolean();
        String told = failing(random, CHAT_FAULTS, stream);
        return chat(failingModel(stream), '"' + told + '"', stream(stream));
    }

    private static ClientRequest failingResponse(Random random) {
        boolean stream = random.nextBoolean();
        String told = failing(random, RESPONSE_FAULTS, stream);
        String tools = random.nextBoolean() ? tools(random) : "";
        return response(failingModel(stream), told, tools + stream(stream));
    }

    private static String failingModel(boolean stream) {
        return stream ? FAILING_STREAM : FAILING_PIECE;
    }

    /** The last fault is an event, so it needs a stream. */
    private static String failing(Random random, List<String> faults, boolean stream) {
        String fault = any(faults.subList(0, faults.size() - (stream ? 0 : 1)), random);
        return told(random) + " [[fault=" + fault + " after=" + random.nextInt(1, 60) + "]]";
    }

    private static ClientRequest chat(String model, String content, String more) {
        String body =
                """
                {"model":"%s","max_completion_tokens":150,"messages":[{"role":"user",
                 "content":%s}]%s}\
                """
                        .formatted(model, content, more);
        return new ClientRequest(Meter.CHAT, "/chat/completions", body);
    }

    private static ClientRequest response(String model, String text, String more) {
        String body =
                """
                {"model":"%s","max_output_tokens":150,"input":"%s"%s}\
                """
                        .formatted(model, text, more);
        return new ClientRequest(Meter.RESPONSE, "/responses", body);
    }

    private static String told(Random random) {
        return "Tell me a story. [[tokens=%d delay=%dms]]"
                .formatted(random.nextInt(20, 100), random.nextInt(3));
    }

    private static String tools(Random random) {
        return ",\"tools\":[" + any(TOOLS, random) + "]";
    }

    private static String stream(Random random) {
        return stream(random.nextBoolean());
    }

    private static String stream(boolean stream) {
        return stream ? ",\"stream\":true" : "";
    }

    private static String any(List<String> texts, Random random) {
        return texts.get(random.nextInt(texts.size()));
    }

    /** True if OpenAI completes the response. */
    boolean isSound() {
        return !body.contains("[[fault=");
    }

    /** True if OpenAI completes all requests to this model. */
    static boolean isSound(String model) {
        return !isFailingStream(model) && !model.startsWith(FAILING_PIECE);
    }

    /** True if this model is used for streams that fail. */
    static boolean isFailingStream(String model) {
        return model.startsWith(FAILING_STREAM);
    }

    /** True if the last event has arrived completely, so that its charge is recorded. */
    boolean isWhole(String answer) {
        int last = Math.max(answer.indexOf(CHAT_END), answer.indexOf(RESPONSE_END));
        return isSound() && last >= 0 && answer.indexOf("\n\n", last) >= 0;
    }
}
