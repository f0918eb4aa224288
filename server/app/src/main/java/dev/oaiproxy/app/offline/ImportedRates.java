package dev.oaiproxy.app.offline;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rates that another price list states for one model and term, while they are read. */
final class ImportedRates {
    private final Map<ServiceTier, Map<Unit, Rate>> below = new EnumMap<>(ServiceTier.class);
    private final Map<ServiceTier, Map<Unit, Rate>> beyond = new EnumMap<>(ServiceTier.class);
    private final List<String> remarks = new ArrayList<>();
    private final @Nullable String from;
    private @Nullable String until;
    private long step;

    /**
     * Rates to be filled in.
     *
     * @param from their first day, null for always
     */
    ImportedRates(@Nullable String from) {
        this.from = from;
    }

    /** Notes a rate; of two for one thing the dearer stays. */
    void put(ServiceTier tier, long above, Unit unit, Rate rate) {
        if (above > 0 && step > 0 && above != step) {
            remark("a second step at " + above + " input tokens is left out");
            return;
        }
        step = Math.max(step, above);
        (above > 0 ? beyond : below)
                .computeIfAbsent(tier, t -> new EnumMap<>(Unit.class))
                .merge(unit, rate, (one, other) -> one.compareTo(other) < 0 ? other : one);
    }

    void remark(String text) {
        remarks.add(text);
    }

    void end(@Nullable String day) {
        until = day;
    }

    /**
     * Leaves out what a book would refuse, and fills in what would undercharge, with a remark each.
     */
    void mend() {
        mend(below, "");
        Map<Unit, Rate> dear = beyond.get(ServiceTier.STANDARD);
        if (dear == null) {
            beyond.clear();
            return;
        }
        standard()
                .forEach(
                        (unit, rate) -> {
                            if (!dear.containsKey(unit)) {
                                remark(unit.label() + " beyond the step is filled in");
                                dear.put(unit, filled(unit, rate, dear));
                            }
                        });
        mend(beyond, " beyond the step");
    }

    Map<Unit, Rate> standard() {
        return below.getOrDefault(ServiceTier.STANDARD, Map.of());
    }

    Map<ServiceTier, Map<Unit, Rate>> below() {
        return below;
    }

    Map<ServiceTier, Map<Unit, Rate>> beyond() {
        return beyond;
    }

    List<String> remarks() {
        return remarks;
    }

    @Nullable String from() {
        return from;
    }

    @Nullable String until() {
        return until;
    }

    long step() {
        return step;
    }

    /** The dearest rate of that side beyond the step, and never less than the ordinary rate. */
    private static Rate filled(Unit unit, Rate ordinary, Map<Unit, Rate> dear) {
        return dear.entrySet().stream()
                .filter(other -> other.getKey().side() == unit.side())
                .map(Map.Entry::getValue)
                .reduce(ordinary, (one, other) -> one.compareTo(other) < 0 ? other : one);
    }

    private void mend(Map<ServiceTier, Map<Unit, Rate>> card, String where) {
        Set<Unit> whole = card.getOrDefault(ServiceTier.STANDARD, Map.of()).keySet();
        for (ServiceTier tier : List.copyOf(card.keySet())) {
            Map<Unit, Rate> rates = card.getOrDefault(tier, Map.of());
            Rate write = rates.get(Unit.CACHE_WRITE);
            if (whole.contains(Unit.CACHE_WRITE_12H) && write != null) {
                // Twice the shorter write, as it is at the standard tier.
                rates.putIfAbsent(Unit.CACHE_WRITE_12H, write.doubled());
            }
            if (rates.keySet().retainAll(whole)) {
                remark(tier.label() + where + ": left out what standard lacks");
            }
            if (rates.isEmpty() || (tier.isPremium() && !rates.keySet().containsAll(whole))) {
                remark(tier.label() + where + " is left out: it lacks what standard has");
                card.remove(tier);
            }
        }
    }
}
