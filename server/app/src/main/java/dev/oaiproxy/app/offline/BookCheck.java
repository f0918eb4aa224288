package dev.oaiproxy.app.offline;

import dev.oaiproxy.api.OfflineTools.PriceBookCheck;
import dev.oaiproxy.api.OfflineTools.PriceBookGap;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelLimits;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds the gaps of a price book that can be used. */
public final class BookCheck {
    private static final int WARNING_DAYS = 60;

    private BookCheck() {}

    /** Counts a book's models, and lists the gaps of those that are sold at a moment or later. */
    public static PriceBookCheck of(PriceBook book, Instant at) {
        Map<String, Integer> kinds = new TreeMap<>();
        book.kinds().values().forEach(kind -> kinds.merge(kind.label(), 1, Integer::sum));
        List<PriceBookGap> gaps = new ArrayList<>();
        for (ModelPrice price : book.all()) {
            Instant until = price.validity().until();
            if (until == null || until.isAfter(at)) {
                gaps.addAll(gaps(price));
            }
        }
        book.kinds().forEach((name, kind) -> gaps.addAll(notSold(book, name, kind)));
        return new PriceBookCheck(
                book.version(),
                book.names().size(),
                book.all().size(),
                kinds,
                gaps.stream().distinct().toList(),
                shutdowns(book, at.atZone(ZoneOffset.UTC).toLocalDate()));
    }

    /** The models that are shut down soon, the next first. */
    private static List<PriceBookGap> shutdowns(PriceBook book, LocalDate today) {
        SortedMap<LocalDate, List<PriceBookGap>> days = new TreeMap<>();
        book.kinds()
                .forEach(
                        (name, kind) ->
                                book.shutdown(name)
                                        .filter(day -> !day.isBefore(today))
                                        .filter(day -> !day.isAfter(today.plusDays(WARNING_DAYS)))
                                        .ifPresent(day -> add(days, day, name, kind)));
        return days.values().stream().flatMap(List::stream).toList();
    }

    private static void add(
            SortedMap<LocalDate, List<PriceBookGap>> days,
            LocalDate day,
            String name,
            ModelKind kind) {
        days.computeIfAbsent(day, one -> new ArrayList<>())
                .add(new PriceBookGap(name, kind.label(), "shuts down on " + day));
    }

    private static List<PriceBookGap> gaps(ModelPrice price) {
        List<PriceBookGap> gaps = new ArrayList<>();
        for (Unit unit : price.kind().alsoStates()) {
            if (!price.rates().standard().containsKey(unit)) {
                gaps.add(gap(price, "no rate for " + unit.label()));
            }
        }
        ModelLimits limits = price.limits();
        if (price.kind() != ModelKind.TOOL
                && limits.inputTokens() == 0
                && limits.outputTokens() == 0) {
            gaps.add(gap(price, "no limit but the request"));
        }
        return gaps;
    }

    private static List<PriceBookGap> notSold(PriceBook book, String name, ModelKind kind) {
        return book.all().stream().anyMatch(price -> price.name().equals(name))
                ? List.of()
                : List.of(new PriceBookGap(name, kind.label(), "not sold: calls are refused"));
    }

    private static PriceBookGap gap(ModelPrice price, String gap) {
        return new PriceBookGap(price.name(), price.kind().label(), gap);
    }
}
