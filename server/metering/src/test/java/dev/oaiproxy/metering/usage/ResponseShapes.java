package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Responses of the Responses API in OpenAI's format. */
final class ResponseShapes {
    static final ResponseTerms TERMS =
            new ResponseTerms(
                    false, false, "gpt-image-2", "tool:web_search", "tool:container:4g", null);
    static final ResponseTerms BACKGROUND =
            new ResponseTerms(
                    false, true, "gpt-image-2", "tool:web_search", "tool:container:4g", null);

    static final String USAGE =
            "{\"input_tokens\":10000,\"input_tokens_details\":{\"cached_tokens\":4000,"
                    + "\"cache_write_tokens\":5000},\"output_tokens\":500,"
                    + "\"output_tokens_details\":{\"reasoning_tokens\":128},"
                    + "\"total_tokens\":10500}";

    static final Usage READ =
            new Usage(
                    "gpt-5.6-sol-2026-08-01",
                    "default",
                    Map.of(
                            Unit.INPUT, 1000L,
                            Unit.CACHED_INPUT, 4000L,
                            Unit.CACHE_WRITE, 5000L,
                            Unit.OUTPUT, 500L));

    static final String TALK =
            "{\"type\":\"message\",\"id\":\"msg_1\",\"status\":\"completed\","
                    + "\"role\":\"assistant\","
                    + "\"content\":[{\"type\":\"output_text\",\"annotations\":[],\"text\":"
                    + "\"\\\"usage\\\":{\\\"input_tokens\\\":1,\\\"output_tokens\\\":1} \u20ac\","
                    + "\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}]}";

    private ResponseShapes() {}

    /** A response with these items, this usage, and further text, including the comma. */
    static String response(String status, String output, String usage, String more) {
        return "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1795000000,"
                + "\"status\":\""
                + status
                + "\",\"background\":false,\"error\":null,\"incomplete_details\":null,"
                + "\"metadata\":{\"usage\":\"{}\",\"delta\":\"x\"},"
                + "\"model\":\"gpt-5.6-sol-2026-08-01\",\"output\":["
                + output
                + "],\"previous_response_id\":null,\"service_tier\":\"default\",\"tools\":["
                + "{\"type\":\"code_interpreter\",\"container\":{\"type\":\"auto\"}},"
                + "{\"type\":\"code_interpreter\",\"container\":\"cntr_named\"}],\"usage\":"
                + usage
                + more
                + ",\"user\":null}";
    }

    static String event(String type, String members) {
        return "event: "
                + type
                + "\ndata: {\"type\":\""
                + type
                + "\",\"sequence_number\":1,"
                + members
                + "}\n\n";
    }

    /** A stream up to its last event: the start, deltas, and the items. */
    static String start(String... items) {
        String running = response("in_progress", "", "null", "");
        StringBuilder events = new StringBuilder();
        events.append(event("response.created", "\"response\":" + running));
        events.append(event("response.in_progress", "\"response\":" + running));
        for (String item : items) {
            events.append(event("response.output_item.added", "\"item\":" + item));
            events.append(
                    event(
                            "response.output_text.delta",
                            "\"item_id\":\"i\",\"delta\":\"\\\"response\\\":{\\\"usage\\\":1}\""));
            events.append(
                    event("response.output_item.done", "\"output_index\":0,\"item\":" + item));
        }
        return events.toString();
    }

    static UsageResult complete(Usage... beside) {
        return new UsageResult.Complete(READ, List.of(beside));
    }

    static Usage tool(String tool, Unit unit, long count) {
        return new Usage(tool, null, Map.of(unit, count));
    }

    static String item(String type, String members) {
        return "{\"id\":\"i_1\",\"type\":\"" + type + "\",\"status\":\"completed\"" + members + "}";
    }

    static Usage imageTool(Map<Unit, Long> tokens) {
        return new Usage("gpt-image-2", null, new HashMap<>(tokens));
    }
}
