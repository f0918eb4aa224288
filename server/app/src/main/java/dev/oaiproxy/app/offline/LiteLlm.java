package dev.oaiproxy.app.offline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelLimits;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code model_prices_and_context_window.json} of BerriAI/litellm: one object, from the name
 * of a model to its fields. Costs are in USD for one of a unit, and the name of such a field tells
 * the unit, the step and the tier: {@code input_cost_per_token_above_272k_tokens_priority}.
 */
final class LiteLlm {
    private static final Set<String> OPENAI = Set.of("openai", "text-completion-openai");
    private static final Pattern COST =
            Pattern.compile(
                    "([a-z_]+?(?:_above_1hr)?)(?:_above_([0-9]{1,6})k_tokens)?"
                            + "(?:_(batches|flex|priority|ultrafast))?");
    private static final Map<String, Unit> UNITS =
            Map.ofEntries(
                    Map.entry("input_cost_per_token", Unit.INPUT),
                    Map.entry("cache_read_input_token_cost", Unit.CACHED_INPUT),
                    Map.entry("cache_creation_input_token_cost", Unit.CACHE_WRITE),
                    // The list has one name for the longer write, whose time differs by provider.
                    Map.entry("cache_creation_input_token_cost_above_1hr", Unit.CACHE_WRITE_12H),
                    Map.entry("input_cost_per_audio_token", Unit.AUDIO_INPUT),
                    Map.entry("cache_read_input_audio_token_cost", Unit.AUDIO_CACHED_INPUT),
                    Map.entry("input_cost_per_image_token", Unit.IMAGE_INPUT),
                    Map.entry("cache_read_input_image_token_cost", Unit.IMAGE_CACHED_INPUT),
                    Map.entry("output_cost_per_token", Unit.OUTPUT),
                    Map.entry("output_cost_per_audio_token", Unit.AUDIO_OUTPUT),
                    Map.entry("output_cost_per_image_token", Unit.IMAGE_OUTPUT),
                    Map.entry("input_cost_per_second", Unit.SECONDS),
                    Map.entry("output_cost_per_second", Unit.SECONDS),
                    Map.entry("input_cost_per_character", Unit.CHARACTERS));

    private LiteLlm() {}

    static List<ImportedModel> read(JsonNode list) {
        List<ImportedModel> models = new ArrayList<>();
        for (Map.Entry<String, JsonNode> model : list.properties()) {
            String provider = model.getValue().path("litellm_provider").asText();
            // A slash marks one size or quality of a model, or another provider.
            if (OPENAI.contains(provider) && !model.getKey().contains("/")) {
                models.add(model(model.getKey(), model.getValue()));
            }
        }
        return models;
    }

    private static ImportedModel model(String name, JsonNode model) {
        ImportedRates rates = new ImportedRates(null);
        ModelKind kind = kind(name, model);
        for (Map.Entry<String, JsonNode> field : model.properties()) {
            cost(field.getKey(), field.getValue(), rates);
        }
        JsonNode searches = model.path("search_context_cost_per_query");
        if (kind == ModelKind.SEARCH_CHAT) {
            // The fee depends on what the request asks for; the dearest never undercharges.
            searches.forEach(
                    fee ->
                            rates.put(
                                    ServiceTier.STANDARD,
                                    0,
                                    Unit.WEB_SEARCH,
                                    Rate.ofDollars(fee.decimalValue(), 1)));
        }
        ModelLimits limits =
                new ModelLimits(
                        null,
                        tokens(model.path("max_input_tokens")),
                        tokens(model.path("max_output_tokens")));
        return new ImportedModel(name, List.of(), kind, limits, List.of(rates));
    }

    private static void cost(String field, JsonNode value, ImportedRates rates) {
        if (!value.isNumber() || !field.contains("cost")) {
            return;
        }
        Matcher parts = COST.matcher(field);
        Unit unit = parts.matches() ? UNITS.get(parts.group(1)) : null;
        if (unit == null) {
            rates.remark("not imported: " + field);
            return;
        }
        long above = parts.group(2) == null ? 0 : Long.parseLong(parts.group(2)) * 1000;
        rates.put(tier(parts.group(3)), above, unit, Rate.ofDollars(value.decimalValue(), 1));
    }

    private static ServiceTier tier(@Nullable String suffix) {
        return switch (suffix) {
            case "batches" -> ServiceTier.BATCH;
            case "flex" -> ServiceTier.FLEX;
            case "priority" -> ServiceTier.PRIORITY;
            case "ultrafast" -> ServiceTier.ULTRAFAST;
            case null, default -> ServiceTier.STANDARD;
        };
    }

    private static ModelKind kind(String name, JsonNode model) {
        boolean tuned = name.startsWith("ft:");
        return switch (model.path("mode").asText()) {
            case "embedding" -> ModelKind.EMBEDDING;
            case "completion" -> tuned ? ModelKind.FINE_TUNED_COMPLETION : ModelKind.COMPLETION;
            case "image_generation", "image_edit" -> ModelKind.IMAGE;
            case "audio_transcription" -> ModelKind.TRANSCRIPTION;
            case "audio_speech" -> ModelKind.SPEECH;
            case "moderation" -> ModelKind.MODERATION;
            case "realtime" -> ModelKind.REALTIME;
            case "video_generation" -> ModelKind.VIDEO;
            default -> tuned ? ModelKind.FINE_TUNED_CHAT : chat(name, model);
        };
    }

    private static ModelKind chat(String name, JsonNode model) {
        if (name.contains("search")) {
            return ModelKind.SEARCH_CHAT;
        }
        return model.has("output_cost_per_audio_token") ? ModelKind.AUDIO_CHAT : ModelKind.CHAT;
    }

    private static @Nullable Long tokens(JsonNode limit) {
        return limit.isIntegralNumber() && limit.asLong() > 0 ? limit.asLong() : null;
    }
}
