package dev.oaiproxy.metering.operation;

import static dev.oaiproxy.metering.usage.ResponseMode.json;
import static dev.oaiproxy.metering.usage.ResponseMode.jsonOrEvents;

import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.request.field.BatchFields;
import dev.oaiproxy.metering.request.field.BodyReader;
import dev.oaiproxy.metering.request.field.ChatFields;
import dev.oaiproxy.metering.request.field.CompletionFields;
import dev.oaiproxy.metering.request.field.FieldReader;
import dev.oaiproxy.metering.request.field.FineTuningFields;
import dev.oaiproxy.metering.request.field.ImageFields;
import dev.oaiproxy.metering.request.field.InputOnlyFields;
import dev.oaiproxy.metering.request.field.NoModelFields;
import dev.oaiproxy.metering.request.field.ResponseFields;
import dev.oaiproxy.metering.request.field.SpeechFields;
import dev.oaiproxy.metering.usage.ResponseMode;
import dev.oaiproxy.metering.usage.Taps;
import dev.oaiproxy.metering.usage.TranscriptFormat.SpeechTask;
import dev.oaiproxy.metering.usage.object.ResponseTerms;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A way to meter an operation: the readers of its request and response, and its capabilities. */
@SuppressWarnings("ImmutableEnumChecker") // The sets and functions are never changed.
public enum Meter {
    /** {@code POST /chat/completions}: JSON or a stream of chunks. */
    CHAT(
            "the tokens of the usage in the response",
            ChatFields::new,
            jsonOrEvents(Taps::chat, Taps::chatStream),
            ModelKind.CHATTING,
            "max_completion_tokens",
            Trait.CLAMPED,
            Trait.TIERED,
            Trait.COMPARABLE,
            Trait.STREAMED_USAGE),
    /** {@code POST /completions}: like a chat, with prompts in place of messages. */
    COMPLETION(
            "the tokens of the usage in the response",
            CompletionFields::new,
            jsonOrEvents(Taps::chat, Taps::chatStream),
            EnumSet.of(ModelKind.COMPLETION, ModelKind.FINE_TUNED_COMPLETION),
            "max_tokens",
            Trait.CLAMPED,
            Trait.COMPARABLE,
            Trait.STREAMED_USAGE),
    /**
     * {@code POST /responses}: JSON or a stream of events; tools; may end later than the response.
     */
    RESPONSE(
            "the tokens of the usage in the response, and the fees of its tools",
            ResponseFields::ofResponse,
            jsonOrEvents(
                    facts -> Taps.response(ResponseTerms.of(facts)),
                    (facts, lease) -> Taps.responseStream(ResponseTerms.of(facts), lease)),
            ModelKind.CHATTING,
            "max_output_tokens",
            Trait.CLAMPED,
            Trait.TIERED,
            Trait.COMPARABLE,
            Trait.STREAMED_USAGE),
    /** {@code POST /responses/compact}: JSON. */
    COMPACTION(
            "the tokens of the usage in the response",
            ResponseFields::ofCompaction,
            json(Taps::compaction),
            ModelKind.CHATTING,
            Trait.TIERED),
    /** {@code POST /embeddings}: JSON. */
    EMBEDDINGS(
            "the tokens of the usage in the response",
            InputOnlyFields::new,
            json(_ -> Taps.embeddings()),
            EnumSet.of(ModelKind.EMBEDDING),
            Trait.COMPARABLE),
    /** {@code POST /images/generations}: JSON or a stream of events. */
    IMAGE(
            "the text and image tokens of the usage in the response",
            ImageFields::new,
            jsonOrEvents(_ -> Taps.image(), (_, lease) -> Taps.imageStream(lease)),
            EnumSet.of(ModelKind.IMAGE),
            Trait.STREAMED_USAGE),
    /** {@code POST /images/edits}: like images, with images in the request; JSON or a form. */
    IMAGE_EDIT(
            "the text and image tokens of the usage in the response",
            ImageFields::new,
            jsonOrEvents(_ -> Taps.image(), (_, lease) -> Taps.imageStream(lease)),
            EnumSet.of(ModelKind.IMAGE),
            Trait.FORM_OR_JSON,
            Trait.STREAMED_USAGE),
    /** {@code POST /audio/speech}: audio, or a stream of events. */
    SPEECH(
            "the characters of the request, or the tokens of the usage",
            SpeechFields::new,
            ResponseMode.speech(),
            EnumSet.of(ModelKind.SPEECH),
            Trait.STREAMED_USAGE),
    /** {@code POST /audio/transcriptions}: a form; JSON, text, or a stream of events. */
    TRANSCRIPTION(
            "the seconds or tokens of the usage, or the length of the audio",
            InputOnlyFields::new,
            ResponseMode.transcript(SpeechTask.TRANSCRIPTION),
            EnumSet.of(ModelKind.TRANSCRIPTION),
            Trait.FORM,
            Trait.STREAMED_USAGE),
    /** {@code POST /audio/translations}: a form; JSON or text. */
    TRANSLATION(
            "the length of the audio",
            InputOnlyFields::new,
            ResponseMode.transcript(SpeechTask.TRANSLATION),
            EnumSet.of(ModelKind.TRANSCRIPTION),
            Trait.FORM),
    /** {@code POST /decisions}: JSON; only the input is billed. */
    DECISION(
            "the input tokens of the usage in the response",
            InputOnlyFields::new,
            json(_ -> Taps.decision()),
            ModelKind.CHATTING),
    /** {@code POST /containers}: JSON; billed by the lifetime of the container. */
    CONTAINER(
            "the sessions that the container is used for",
            NoModelFields::container,
            json(Taps::requested),
            EnumSet.of(ModelKind.TOOL)),
    /** {@code POST /batches}: JSON; billed by the lines of the output, once the batch has ended. */
    BATCH(
            "the lines of the output, when the batch has ended",
            BatchFields::new,
            json(_ -> Taps.pending()),
            // Each line of the file is a call of its own.
            EnumSet.allOf(ModelKind.class)),
    /**
     * {@code POST /fine_tuning/jobs}: JSON; billed by the trained tokens, once the job has ended.
     */
    FINE_TUNING(
            "the tokens trained on, when the job has ended",
            FineTuningFields::new,
            json(_ -> Taps.pending()),
            EnumSet.of(ModelKind.FINE_TUNED_CHAT, ModelKind.FINE_TUNED_COMPLETION)),
    /** {@code POST /vector_stores/{id}/search}: JSON; billed as one search, whatever the result. */
    SEARCH(
            "one search of the file search tool",
            NoModelFields::search,
            json(Taps::requested),
            EnumSet.of(ModelKind.TOOL)),
    /**
     * Operations that make a vector store or add to one: billed by its size while OpenAI keeps it.
     */
    STORAGE(
            "its size, hour by hour while it is kept",
            NoModelFields::storage,
            json(_ -> Taps.unbilled()),
            EnumSet.of(ModelKind.TOOL),
            Trait.NO_BODY),
    /** {@code WS /realtime}: events; billed by each response and transcription when it ends. */
    REALTIME(
            "the usage of each response and transcription",
            InputOnlyFields::new,
            ResponseMode.none(),
            EnumSet.of(ModelKind.REALTIME, ModelKind.TRANSCRIPTION)),
    /** {@code WS /realtime/translations}: events; billed by the duration of the audio. */
    REALTIME_TRANSLATION(
            "the length of the audio",
            InputOnlyFields::new,
            ResponseMode.none(),
            EnumSet.of(ModelKind.LIVE)),
    /** {@code WS /responses}: the same events as a stream of {@link #RESPONSE}. */
    RESPONSE_SOCKET(
            "as the same call by HTTP, response by response",
            ResponseFields::ofResponse,
            ResponseMode.none(),
            ModelKind.CHATTING,
            "max_output_tokens");

    private final String billed;
    private final Function<BodyReader, FieldReader> fields;
    private final ResponseMode.Choice responses;
    private final Set<ModelKind> models;
    private final @Nullable String outputLimit;
    private final Set<Trait> traits;

    private enum Trait {
        /** The body is a form; that of other operations is JSON. */
        FORM,
        FORM_OR_JSON,
        /** The body is optional. */
        NO_BODY,
        /** The output limit can be lowered so that the call fits. */
        CLAMPED,
        /** The request can name a service tier. */
        TIERED,
        /** The cost depends on the model, so that the proxy can suggest another model. */
        COMPARABLE,
        /** Streams state their usage at the end, or with each image. */
        STREAMED_USAGE
    }

    Meter(
            String billed,
            Function<BodyReader, FieldReader> fields,
            ResponseMode.Choice responses,
            Set<ModelKind> models,
            Trait... traits) {
        this(billed, fields, responses, models, null, traits);
    }

    /**
     * @param billed the billed quantities, in words for docs/operations.md
     * @param fields makes the reader of the request's fields
     * @param responses makes the reader of the response
     * @param models the kinds of model that a request can name
     * @param outputLimit the field that limits the output, or null
     */
    Meter(
            String billed,
            Function<BodyReader, FieldReader> fields,
            ResponseMode.Choice responses,
            Set<ModelKind> models,
            @Nullable String outputLimit,
            Trait... traits) {
        this.billed = billed;
        this.fields = fields;
        this.responses = responses;
        this.models = models;
        this.outputLimit = outputLimit;
        this.traits = Set.of(traits);
    }

    String billed() {
        return billed;
    }

    public FieldReader fields(BodyReader body) {
        return fields.apply(body);
    }

    public ResponseMode.Choice responses() {
        return responses;
    }

    /** True if a request can name models of a kind. */
    public boolean takes(ModelKind kind) {
        return models.contains(kind);
    }

    /** The field that limits the output, if there is one. */
    public Optional<String> outputLimit() {
        return Optional.ofNullable(outputLimit);
    }

    public boolean takesForm() {
        return traits.contains(Trait.FORM) || traits.contains(Trait.FORM_OR_JSON);
    }

    public boolean takesJson() {
        return !traits.contains(Trait.FORM);
    }

    public boolean takesNoBody() {
        return traits.contains(Trait.NO_BODY);
    }

    /** True if a request can name a service tier. */
    public boolean takesServiceTier() {
        return traits.contains(Trait.TIERED);
    }

    /** True if a request can limit its output. */
    public boolean limitsOutput() {
        return traits.contains(Trait.CLAMPED);
    }

    /** True if the same request can go to another model that costs less. */
    public boolean isComparable() {
        return traits.contains(Trait.COMPARABLE);
    }

    public boolean streamsUsage() {
        return traits.contains(Trait.STREAMED_USAGE);
    }
}
