package dev.oaiproxy.metering.price.book;

import static dev.oaiproxy.metering.money.Unit.AUDIO_INPUT;
import static dev.oaiproxy.metering.money.Unit.AUDIO_OUTPUT;
import static dev.oaiproxy.metering.money.Unit.CHARACTERS;
import static dev.oaiproxy.metering.money.Unit.IMAGE_INPUT;
import static dev.oaiproxy.metering.money.Unit.IMAGE_OUTPUT;
import static dev.oaiproxy.metering.money.Unit.INPUT;
import static dev.oaiproxy.metering.money.Unit.OUTPUT;
import static dev.oaiproxy.metering.money.Unit.SECONDS;
import static dev.oaiproxy.metering.money.Unit.WEB_SEARCH;

import dev.oaiproxy.metering.money.Unit;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The kind of a model, as far as its bill depends on it, with the units that must have rates. */
public enum ModelKind {
    CHAT,
    /** Searches the web once in each call. No usage states the fee. */
    SEARCH_CHAT,
    AUDIO_CHAT,
    COMPLETION,
    EMBEDDING,
    FINE_TUNED_CHAT,
    FINE_TUNED_COMPLETION,
    OPEN_WEIGHTS,
    /** A conversation by voice over one connection, counted in tokens. */
    REALTIME,
    /** Voice over one connection, counted in seconds. */
    LIVE,
    IMAGE,
    TRANSCRIPTION,
    SPEECH,
    MODERATION,
    VIDEO,
    /** A fee beside the tokens of the model that uses the tool. */
    TOOL;

    public static final Set<ModelKind> CHATTING =
            Collections.unmodifiableSet(
                    EnumSet.of(CHAT, SEARCH_CHAT, AUDIO_CHAT, FINE_TUNED_CHAT, OPEN_WEIGHTS));

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }

    /** True if responses have tokens that are billed. */
    public boolean hasOutput() {
        return this != EMBEDDING && this != MODERATION && this != TOOL;
    }

    /** True if one request may hold several inputs, each up to the model's limit. */
    public boolean takesManyInputs() {
        return this == EMBEDDING
                || this == COMPLETION
                || this == FINE_TUNED_COMPLETION
                || this == MODERATION;
    }

    /**
     * Refuses rates that cannot bill a whole response of such a model.
     *
     * @throws IllegalArgumentException if they lack a unit
     */
    public void requireUnits(Set<Unit> rated) {
        if (ways().stream().noneMatch(rated::containsAll)) {
            throw new IllegalArgumentException(
                    "rates: standard lacks "
                            + ways().stream()
                                    .map(way -> lacking(way, rated))
                                    .collect(Collectors.joining(", or ")));
        }
    }

    /** The units that responses may state beyond those that must have a rate. */
    public Set<Unit> alsoStates() {
        return switch (this) {
            case AUDIO_CHAT -> EnumSet.of(AUDIO_INPUT, AUDIO_OUTPUT);
            case IMAGE -> EnumSet.of(OUTPUT);
            case REALTIME -> EnumSet.of(IMAGE_INPUT);
            case CHAT, SEARCH_CHAT, COMPLETION, EMBEDDING, OPEN_WEIGHTS ->
                    EnumSet.noneOf(Unit.class);
            case FINE_TUNED_CHAT, FINE_TUNED_COMPLETION -> EnumSet.of(Unit.TRAINING);
            case LIVE, TRANSCRIPTION, SPEECH, MODERATION, VIDEO, TOOL -> EnumSet.noneOf(Unit.class);
        };
    }

    /** The ways in which the kind can be billed. Each is a set of units that belong together. */
    private List<Set<Unit>> ways() {
        return switch (this) {
            case CHAT, AUDIO_CHAT, FINE_TUNED_CHAT, OPEN_WEIGHTS -> List.of(Set.of(INPUT, OUTPUT));
            case COMPLETION, FINE_TUNED_COMPLETION -> List.of(Set.of(INPUT, OUTPUT));
            case SEARCH_CHAT -> List.of(Set.of(INPUT, OUTPUT, WEB_SEARCH));
            case EMBEDDING, MODERATION -> List.of(Set.of(INPUT));
            case REALTIME -> List.of(Set.of(INPUT, AUDIO_INPUT, OUTPUT, AUDIO_OUTPUT));
            case LIVE, VIDEO -> List.of(Set.of(SECONDS));
            // The tokens of an image cost more than those of text, so neither substitutes for the
            // other.
            case IMAGE -> List.of(Set.of(INPUT, IMAGE_INPUT, IMAGE_OUTPUT));
            case TRANSCRIPTION -> List.of(Set.of(SECONDS), Set.of(INPUT, AUDIO_INPUT, OUTPUT));
            case SPEECH -> List.of(Set.of(CHARACTERS), Set.of(INPUT, AUDIO_OUTPUT));
            case TOOL -> fees();
        };
    }

    static ModelKind labelled(String label) {
        for (ModelKind modelKind : values()) {
            if (modelKind.label.equals(label)) {
                return modelKind;
            }
        }
        throw new IllegalArgumentException("no such kind: " + label);
    }

    private static String lacking(Set<Unit> way, Set<Unit> rated) {
        return way.stream()
                .filter(unit -> !rated.contains(unit))
                .sorted()
                .map(Unit::label)
                .collect(Collectors.joining(" and "));
    }

    private static List<Set<Unit>> fees() {
        return Arrays.stream(Unit.values())
                .filter(unit -> unit.side() == Unit.Side.OTHER)
                .map(Set::of)
                .toList();
    }
}
