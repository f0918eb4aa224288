package dev.oaiproxy.metering.price.book;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A service tier with prices of its own at OpenAI. The price book uses the lower-case names. */
public enum ServiceTier {
    STANDARD,
    BATCH,
    FLEX,
    PRIORITY,
    ULTRAFAST,
    /** Standard, for a background response that may take two hours. */
    BACKGROUND_2H,
    /** Standard, for a background response that may take eight hours. */
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
     * The tier that served a response.
     *
     * <p>Prepaid capacity ({@code scale}) is charged at the standard rates, because its purchase
     * price is not known here.
     *
     * @param name the {@code service_tier} of the response, or null if it names none; for the
     *     background tiers, which no response names, the name in the price book
     * @return nothing if the name is not known, so that only the dearest rate is safe
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
     * The tiers that may serve a request. OpenAI may serve a lower tier than requested, and an
     * unset tier is the project's default, which may be priority.
     *
     * @param name the {@code service_tier} of the request, or null if it names none
     * @return all tiers if the name is not known
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
