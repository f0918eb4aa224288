package dev.oaiproxy.sandbox.response;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.model.MediaModel;
import java.util.List;

/** The usage in a response, falsified if a fault asks for it. */
final class ResponseUsageJson {

    private ResponseUsageJson() {}

    static ObjectNode of(ResponsePlan plan, TokenCounts tokens) {
        InjectedFault fault = plan.directives().fault();
        int sign = fault.usageSign();
        ObjectNode usage = newObject();
        usage.put("input_tokens", sign * tokens.prompt());
        ObjectNode input = usage.putObject("input_tokens_details");
        input.put("cached_tokens", tokens.cached() + fault.usageExcess(tokens.prompt()));
        input.put("cache_write_tokens", tokens.cacheWrite());
        if (plan.request().model().chargesCacheWrites()) {
            boolean isLong = plan.request().writesForLong();
            input.putObject("cache_write_tokens_details")
                    .put("ttl_30m_tokens", isLong ? 0 : tokens.cacheWrite())
                    .put("ttl_12h_tokens", isLong ? tokens.cacheWrite() : 0);
        }
        usage.put("output_tokens", sign * tokens.completion());
        usage.putObject("output_tokens_details")
                .put(
                        "reasoning_tokens",
                        tokens.reasoning() + fault.usageExcess(tokens.completion()));
        usage.put("total_tokens", sign * (tokens.prompt() + tokens.completion()));
        return usage;
    }

    static ObjectNode ofTools(List<OutputItem> items) {
        long text = sum(items, "input");
        long image = sum(items, "image_output");
        ObjectNode all = newObject();
        ObjectNode images = all.putObject("image_gen");
        images.put("input_tokens", text);
        images.putObject("input_tokens_details").put("text_tokens", text).put("image_tokens", 0);
        images.put("output_tokens", image);
        images.putObject("output_tokens_details").put("text_tokens", 0).put("image_tokens", image);
        images.put("total_tokens", text + image);
        all.putObject("web_search").put("num_requests", sum(items, "web_search"));
        return all;
    }

    /** True for the model that writes an SVG, whose usage is in the item. */
    private static boolean isAuthor(SandboxBill.ExtraUsage extra) {
        return extra.unit().equals("input") && MediaModel.named(extra.model()).isEmpty();
    }

    private static long sum(List<OutputItem> items, String unit) {
        return items.stream()
                .flatMap(item -> item.extras().stream())
                .filter(extra -> extra.unit().equals(unit) && !isAuthor(extra))
                .mapToLong(SandboxBill.ExtraUsage::quantity)
                .sum();
    }
}
