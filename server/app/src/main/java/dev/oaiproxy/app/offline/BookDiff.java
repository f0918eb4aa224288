package dev.oaiproxy.app.offline;

import dev.oaiproxy.api.OfflineTools.PriceBookDiff;
import dev.oaiproxy.api.OfflineTools.RateChange;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.LongContext;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.RateCard;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a newer book: each rate that differs on a day on which either book sets one.
 *
 * @param older the book before
 * @param newer the book after
 */
public record BookDiff(PriceBook older, PriceBook newer) {

    public static PriceBookDiff of(PriceBook older, PriceBook newer) {
        BookDiff books = new BookDiff(older, newer);
        List<RateChange> changes = new ArrayList<>();
        older.names().stream()
                .filter(newer.names()::contains)
                .forEach(name -> books.changes(name, changes));
        return new PriceBookDiff(
                older.version(),
                newer.version(),
                newer.names().stream().filter(name -> !older.names().contains(name)).toList(),
                older.names().stream().filter(name -> !newer.names().contains(name)).toList(),
                changes);
    }

    private void changes(String name, List<RateChange> changes) {
        for (Instant day : days(name)) {
            Optional<ModelPrice> before = older.find(name, day);
            Optional<ModelPrice> after = newer.find(name, day);
            for (ServiceTier tier : ServiceTier.values()) {
                for (Unit unit : Unit.values()) {
                    Spot spot = new Spot(name, day, tier, unit);
                    spot.change(0, card(before), card(after)).ifPresent(changes::add);
                    long above = Math.max(step(before), step(after));
                    spot.change(above, beyond(before), beyond(after)).ifPresent(changes::add);
                }
            }
        }
    }

    private SortedSet<Instant> days(String name) {
        SortedSet<Instant> days = new TreeSet<>();
        Stream.of(older, newer)
                .flatMap(book -> book.all().stream())
                .filter(price -> price.name().equals(name))
                .forEach(
                        price ->
                                days.add(
                                        Objects.requireNonNullElse(
                                                price.validity().from(), Instant.MIN)));
        return days;
    }

    private static @Nullable RateCard card(Optional<ModelPrice> price) {
        return price.map(ModelPrice::rates).orElse(null);
    }

    private static @Nullable RateCard beyond(Optional<ModelPrice> price) {
        return price.map(ModelPrice::longContext).map(LongContext::rates).orElse(null);
    }

    private static long step(Optional<ModelPrice> price) {
        return price.map(ModelPrice::longContext).map(LongContext::aboveInputTokens).orElse(0L);
    }

    /** The place of a rate in both books. */
    private record Spot(String model, Instant day, ServiceTier tier, Unit unit) {

        Optional<RateChange> change(
                long above, @Nullable RateCard before, @Nullable RateCard after) {
            Rate old = before == null ? null : before.listed(tier).get(unit);
            Rate fresh = after == null ? null : after.listed(tier).get(unit);
            if (Objects.equals(old, fresh)) {
                return Optional.empty();
            }
            return Optional.of(
                    new RateChange(
                            model,
                            tier.label(),
                            above,
                            unit.label(),
                            day.equals(Instant.MIN)
                                    ? null
                                    : day.atZone(ZoneOffset.UTC).toLocalDate().toString(),
                            usd(old),
                            usd(fresh),
                            change(old, fresh)));
        }

        private @Nullable String usd(@Nullable Rate rate) {
            return rate == null ? null : rate.usd(Rate.per(unit));
        }

        private static String change(@Nullable Rate old, @Nullable Rate fresh) {
            if (old == null || old.nanosPerMillion() == 0) {
                return "new";
            }
            return fresh == null ? "gone" : percent(old, fresh);
        }

        private static String percent(Rate old, Rate fresh) {
            BigDecimal before = BigDecimal.valueOf(old.nanosPerMillion());
            BigDecimal more = BigDecimal.valueOf(fresh.nanosPerMillion()).subtract(before);
            BigDecimal percent = more.movePointRight(2).divide(before, 1, RoundingMode.HALF_UP);
            return (more.signum() > 0 ? "+" : "") + percent.toPlainString() + "%";
        }
    }
}
