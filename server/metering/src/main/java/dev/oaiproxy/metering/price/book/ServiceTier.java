package dev.oaiproxy.metering.price.book;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A service tier as OpenAI prices it. The lower-case names are those of the price book. */
public enum ServiceTier {
    STANDARD,
    BATCH,
    FLEX,
    PRIORITY,
    ULTRAFAST,
    /** Standard, for an answer in the background that may take two hours. */
    BACKGROUND_2H,
    /** Standard, for one that may take eight. */
    BACKGROUND_8H;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }

    /** The tiers that cost more than the standard one. */
    public static Stream<ServiceTier> premium() {
        return Stream.of(values()).filter(ServiceTier::isPremium);
    }

    public boolean isPremium() {
        return this == PRIORITY || this == ULTRAFAST;
    }

    /**
     * The tier that an answer was served at.
     *
     * <p>Prepaid capacity ({@code scale}) is charged at the standard rates: what it was bought for
     * is not known here.
     *
     * @param name the {@code service_tier} of the answer, null when it names none; for the windows
     *     of the background, which no answer names, the name of the tier in the price book
     * @return nothing when the name is not known, so that no rate is safe but the dearest
     */
    public static Optional<ServiceTier> served(@Nullable String name) {
        return switch (name) {
            case null -> Optional.of(STANDARD);
            case "default", "standard", "auto", "scale" -> Optional.of(STANDARD);
            case "batch" -> Optional.of(BATCH);
            case "flex" -> Optional.of(FLEX);
            case "priority", "fast" -> Optional.of(PRIORITY);
            case "ultrafast" -> Optional.of(ULTRAFAST);
            case "background_2h" -> Optional.of(BACKGROUND_2H);
            case "background_8h" -> Optional.of(BACKGROUND_8H);
            default -> Optional.empty();
        };
    }

    /**
     * The tiers that a request may be served at. OpenAI may serve less than was asked for, and an
     * unset tier is the project's default, which may be priority.
     *
     * @param name the {@code service_tier} of the request, null when it names none
     * @return all of them when the name is not known
     */
    public static Set<ServiceTier> reachable(@Nullable String name) {
        return switch (name) {
            case null -> EnumSet.of(STANDARD, PRIORITY);
            case "auto", "priority", "fast" -> EnumSet.of(STANDARD, PRIORITY);
            case "default", "standard", "scale" -> EnumSet.of(STANDARD);
            case "flex" -> EnumSet.of(STANDARD, FLEX);
            case "ultrafast" -> EnumSet.of(STANDARD, PRIORITY, ULTRAFAST);
            default -> EnumSet.allOf(ServiceTier.class);
        };
    }

    static ServiceTier labelled(String label) {
        for (ServiceTier serviceTier : values()) {
            if (serviceTier.label.equals(label)) {
                return serviceTier;
            }
        }
        throw new IllegalArgumentException("no such tier");
    }
}
