package dev.oaiproxy.e2e.recorded;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.e2e.recorded.PaperPrices.Part;
import dev.oaiproxy.e2e.recorded.RandomUsage.Spent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A recorded exchange with a random model, a random tier and random usages, and what it costs. */
final class RandomExchange {
    /** The recorded exchange, its model, and the kind of the models that may replace it. */
    enum Kind {
        CHAT("chat", "gpt-4o", "chat"),
        CHAT_STREAM("chat_stream", "gpt-4o", "chat"),
        CHAT_STREAM_PLAIN("chat_stream_plain", "gpt-4o", "chat"),
        CHAT_TOOLS("chat_tools_stream", "gpt-4o", "chat"),
        CHAT_SEARCH("chat", "gpt-4o", "search_chat"),
        CHAT_AUDIO("chat_audio", "gpt-audio", "audio_chat"),
        COMPLETION("completion", "gpt-3.5-turbo-instruct", "completion"),
        COMPLETION_STREAM("completion_stream", "gpt-3.5-turbo-instruct", "completion"),
        RESPONSE("response", "gpt-4o", "chat"),
        RESPONSE_STREAM("response_stream", "gpt-4o", "chat"),
        RESPONSE_FUNCTION("response_function_stream", "gpt-4o", "chat"),
        RESPONSE_REASONING("response_reasoning", "gpt-5.6-sol", "chat"),
        RESPONSE_BACKGROUND("response_background", "gpt-5", "chat"),
        RESPONSE_SEARCH("response_web_search", "gpt-4o", "chat"),
        RESPONSE_IMAGE("response_image", "gpt-4o", "chat"),
        RESPONSE_SOCKET("responses_socket", "gpt-4o", "chat"),
        COMPACTION("compact", "gpt-5", "chat"),
        EMBEDDINGS("embeddings", "text-embedding-3-small", "embedding"),
        DECISION("decision", "gpt-6-luna", "chat"),
        IMAGE("image", "gpt-image-1.5", "image"),
        IMAGE_STREAM("image_stream", "gpt-image-1.5", "image"),
        IMAGE_EDIT_FORM("image_edit_form", "gpt-image-2", "image"),
        IMAGE_EDIT_JSON("image_edit_json", "gpt-image-2", "image"),
        IMAGE_EDIT_STREAM("image_edit_stream", "gpt-image-2", "image"),
        SPEECH("speech_tokens", "gpt-4o-mini-tts", "speech"),
        SPEECH_EVENTS("speech_events", "gpt-4o-mini-tts", "speech"),
        SPEECH_CHARACTERS("speech", "tts-1", "speech"),
        TRANSCRIPTION("transcription", "gpt-4o-transcribe", "transcription"),
        TRANSCRIPTION_STREAM("transcription_stream", "gpt-4o-transcribe", "transcription"),
        TRANSCRIPTION_SECONDS("transcription_seconds", "whisper-1", "transcription"),
        TRANSCRIPTION_VERBOSE("transcription_verbose", "whisper-1", "transcription"),
        TRANSLATION("translation_verbose", "whisper-1", "transcription"),
        REALTIME("realtime", "gpt-realtime-2", "realtime"),
        BATCH("batch", "gpt-4o", "chat"),
        FINE_TUNING("fine_tuning", "gpt-4o-mini-2024-07-18", "fine_tuned_chat"),
        CONTAINER("container", "1g", "tool");

        private final String exchange;
        private final String model;
        private final String pricedAs;

        Kind(String exchange, String model, String pricedAs) {
            this.exchange = exchange;
            this.model = model;
            this.pricedAs = pricedAs;
        }
    }

    private static final List<String> SIZES = List.of("1g", "4g", "16g", "64g");

    private final Kind kind;
    private final PaperPrices prices;
    private final Random random;
    private final String model;
    private final String asked;
    private final String served;
    private final List<List<Part>> bill = new ArrayList<>();

    RandomExchange(Kind kind, PaperPrices prices, Random random) {
        this.kind = kind;
        this.prices = prices;
        this.random = random;
        this.model = any(models());
        this.asked = hasTiers() ? any(prices.tiers(model)) : "standard";
        this.served = random.nextInt(4) == 0 ? "standard" : asked;
    }

    String exchange() {
        return kind.exchange;
    }

    /** The cost of each of its calls. */
    List<BigDecimal> costs() {
        return bill.stream().map(prices::cost).toList();
    }

    @Override
    public String toString() {
        return kind + " of " + model + ", asked at " + asked + ": " + bill;
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private List<String> models() {
        return switch (kind) {
            case CONTAINER -> SIZES;
            case FINE_TUNING -> List.of(kind.model);
            case TRANSLATION, TRANSCRIPTION_VERBOSE -> List.of(kind.model);
            case DECISION -> List.of(kind.model);
            case SPEECH_CHARACTERS -> prices.models("speech", "characters");
            case TRANSCRIPTION_SECONDS -> prices.models("transcription", "seconds");
            case TRANSCRIPTION, TRANSCRIPTION_STREAM -> prices.models("transcription", "output");
            default -> prices.models(kind.pricedAs, "input");
        };
    }

    private boolean hasTiers() {
        return kind.pricedAs.equals("chat")
                && kind != Kind.BATCH
                && kind != Kind.COMPACTION
                && kind != Kind.DECISION;
    }

    RecordedExchange of(RecordedExchange recorded) {
        String name =
                "(?<=[\"=])"
                        + kind.model.replace(".", "\\.")
                        + "(-20[0-9-]+|:[0-9v-]+)?(?=[\"&]|$)";
        RecordedExchange altered =
                new Alteration(
                                text -> text.replaceAll(name, model).replace("=wav 7", "=wav 1"),
                                this::ask,
                                this::answer)
                        .of(recorded);
        switch (kind) {
            case CONTAINER ->
                    add("tool:container:" + model, "standard", Map.of("container_minutes", 20L));
            case CHAT_SEARCH -> charge().add(new Part(model, served, Map.of("web_search", 1L)));
            default -> {}
        }
        return altered;
    }

    private List<Part> charge() {
        return bill.getLast();
    }

    private void ask(ObjectNode request) {
        if (hasTiers() && (request.has("input") || request.has("messages"))) {
            request.put("service_tier", name(asked));
        }
        if (kind == Kind.SPEECH_CHARACTERS) {
            int length = 1 + random.nextInt(4_000);
            request.put("input", "\u00e9".repeat(length));
            add(model, "standard", Map.of("characters", (long) length));
        }
    }

    private static String name(String tier) {
        return tier.equals("standard") ? "default" : tier;
    }

    private void answer(ObjectNode object) {
        if (object.has("service_tier") && hasTiers()) {
            object.put("service_tier", name(served));
        }
        if (object.path("usage") instanceof ObjectNode
                && !object.path("object").asText().equals("batch")) {
            Spent spent = spent();
            object.set("usage", spent.usage());
            use(spent);
        } else if (object.has("duration") && kind.model.equals("whisper-1")) {
            Spent spent = RandomUsage.timed(random);
            object.set("duration", spent.usage().path("seconds"));
            use(spent);
        }
        if (object.path("trained_tokens").isNumber()) {
            long trained = random.nextInt(10_000_000);
            object.put("trained_tokens", trained);
            add("ft:" + model, "standard", Map.of("training", trained));
        }
        if (object.path("tool_usage").path("web_search") instanceof ObjectNode searches) {
            tools(object, searches);
        }
    }

    private void use(Spent spent) {
        add(model, kind == Kind.BATCH ? "batch" : served, spent.units());
    }

    private void add(String row, String tier, Map<String, Long> units) {
        if (bill.isEmpty() || kind != Kind.BATCH) {
            bill.add(new ArrayList<>());
        }
        charge().add(new Part(row, tier, new TreeMap<>(units)));
    }

    /** Searches and images of a response, which OpenAI reports beside its usage. */
    private void tools(ObjectNode response, ObjectNode searches) {
        if (kind == Kind.RESPONSE_SEARCH) {
            long count = random.nextInt(5);
            searches.put("num_requests", count);
            boolean own = prices.bills(model, "web_search");
            charge().add(
                            new Part(
                                    own ? model : "tool:web_search",
                                    own ? served : "standard",
                                    Map.of("web_search", count)));
        }
        if (kind == Kind.RESPONSE_IMAGE) {
            Spent drawn = RandomUsage.drawn(random);
            ((ObjectNode) response.path("tool_usage")).set("image_gen", drawn.usage());
            charge().add(new Part("gpt-image-1.5", "standard", drawn.units()));
        }
    }

    private Spent spent() {
        return switch (kind) {
            case CHAT, CHAT_STREAM, CHAT_STREAM_PLAIN, CHAT_TOOLS, CHAT_SEARCH, BATCH ->
                    RandomUsage.text(random, prices.step(model), true);
            case COMPLETION, COMPLETION_STREAM -> RandomUsage.text(random, 0, true);
            case CHAT_AUDIO -> RandomUsage.mixed(random, true, false, true);
            case EMBEDDINGS -> RandomUsage.read(random, true);
            case DECISION -> RandomUsage.read(random, false);
            case IMAGE, IMAGE_STREAM, IMAGE_EDIT_FORM, IMAGE_EDIT_JSON, IMAGE_EDIT_STREAM ->
                    RandomUsage.drawn(random);
            case SPEECH, SPEECH_EVENTS -> RandomUsage.spoken(random);
            case TRANSCRIPTION ->
                    random.nextBoolean() ? RandomUsage.heard(random) : RandomUsage.timed(random);
            case TRANSCRIPTION_STREAM -> RandomUsage.heard(random);
            case TRANSCRIPTION_SECONDS, TRANSCRIPTION_VERBOSE, TRANSLATION ->
                    RandomUsage.timed(random);
            case REALTIME ->
                    RandomUsage.mixed(random, true, prices.bills(model, "image_input"), false);
            default -> RandomUsage.text(random, prices.step(model), false);
        };
    }
}
