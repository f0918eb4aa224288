package dev.oaiproxy.cli.output;

import dev.oaiproxy.api.AdminApi.Price;
import dev.oaiproxy.api.AdminApi.Rate;
import dev.oaiproxy.api.AdminApi.TierRates;
import dev.oaiproxy.api.OfflineTools.PriceBookDiff;
import dev.oaiproxy.api.OfflineTools.PriceBookGap;
import dev.oaiproxy.api.OfflineTools.RateChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Prices, as rows. */
public final class PriceRows {
    private static final String STANDARD = "standard";
    private static final List<String> MAIN_UNITS = List.of("input", "cached_input", "output");

    private static final int NAME = 16;

    private static final List<Column<Price>> OVERVIEW =
            List.of(
                    Column.text("model", Price::model).shrinks(NAME),
                    Column.text("kind", Price::kind).rank(2),
                    Column.exact("input_usd", price -> usd(price, "input")),
                    Column.exact("cached_input_usd", PriceRows::cached).titled("CACHED USD"),
                    Column.exact("output_usd", price -> usd(price, "output")),
                    Column.number("per", PriceRows::per),
                    Column.text("others", PriceRows::others).shrinks(NAME).rank(1));

    private static final List<Column<Detail>> DETAILS =
            List.of(
                    Column.<Detail>text("model", detail -> detail.price().model()).shrinks(NAME),
                    Column.<Detail>time("from", detail -> detail.price().from()).rank(1),
                    Column.<Detail>time("until", detail -> detail.price().until()).rank(2),
                    Column.text("tier", detail -> detail.tier().tier()),
                    step(detail -> detail.tier().aboveInputTokens()),
                    Column.text("unit", detail -> detail.rate().unit()),
                    Column.exact("usd", detail -> detail.rate().usd()),
                    Column.number("per", detail -> detail.rate().per()));

    private static final List<Column<RateChange>> DIFFERENCES =
            List.of(
                    Column.text("model", RateChange::model).shrinks(NAME),
                    Column.text("tier", RateChange::tier),
                    step(RateChange::aboveInputTokens),
                    Column.text("unit", RateChange::unit),
                    Column.text("from", RateChange::from).rank(1),
                    Column.exact("old_usd", RateChange::oldUsd),
                    Column.exact("new_usd", RateChange::newUsd),
                    Column.number("change", RateChange::change));

    /** Missing rates and bounds of a price book. */
    public static final List<Column<PriceBookGap>> GAPS =
            List.of(
                    Column.text("model", PriceBookGap::model).shrinks(NAME),
                    Column.text("kind", PriceBookGap::kind),
                    Column.prose("gap", PriceBookGap::gap));

    private record Detail(Price price, TierRates tier, Rate rate) {}

    private PriceRows() {}

    /** Prices in force at a time: a row for each model, at the standard tier. */
    public static Table overview(List<Price> prices, Instant now) {
        return Table.of(OVERVIEW, prices.stream().filter(price -> isInForce(price, now)).toList());
    }

    /** Every rate of every time. */
    public static Table details(List<Price> prices) {
        List<Detail> rows = new ArrayList<>();
        for (Price price : prices) {
            for (TierRates tier : price.rates()) {
                tier.rates().forEach(rate -> rows.add(new Detail(price, tier, rate)));
            }
        }
        return Table.of(DETAILS, rows);
    }

    /** The difference of two price books; a model that only one has is one row. */
    public static Table differences(PriceBookDiff diff) {
        List<RateChange> rows = new ArrayList<>();
        diff.added().forEach(model -> rows.add(model(model, "added")));
        diff.removed().forEach(model -> rows.add(model(model, "removed")));
        rows.addAll(diff.changes());
        return Table.of(DIFFERENCES, rows);
    }

    private static RateChange model(String name, String change) {
        return new RateChange(name, "", 0, "", null, null, null, change);
    }

    /** The input tokens above which a rate applies; empty for ordinary rates. */
    private static <T> Column<T> step(ToLongFunction<T> aboveInputTokens) {
        return Column.number(
                "above_input_tokens",
                row -> {
                    long above = aboveInputTokens.applyAsLong(row);
                    return above == 0 ? null : above;
                });
    }

    private static boolean isInForce(Price price, Instant now) {
        boolean begun = price.from() == null || !Instant.parse(price.from()).isAfter(now);
        return begun && (price.until() == null || Instant.parse(price.until()).isAfter(now));
    }

    private static List<Rate> ordinary(Price price) {
        Optional<TierRates> tier =
                price.rates().stream()
                        .filter(t -> t.tier().equals(STANDARD) && t.aboveInputTokens() == 0)
                        .findFirst()
                        .or(() -> price.rates().stream().findFirst());
        return tier.map(TierRates::rates).orElse(List.of());
    }

    private static @Nullable String usd(Price price, String unit) {
        return ordinary(price).stream()
                .filter(rate -> rate.unit().equals(unit))
                .findFirst()
                .map(Rate::usd)
                .orElse(null);
    }

    private static @Nullable String cached(Price price) {
        return usd(price, "cached_input");
    }

    private static @Nullable Long per(Price price) {
        return ordinary(price).stream()
                .filter(rate -> MAIN_UNITS.contains(rate.unit()))
                .findFirst()
                .map(Rate::per)
                .orElse(null);
    }

    private static String others(Price price) {
        return ordinary(price).stream()
                .map(Rate::unit)
                .filter(unit -> !MAIN_UNITS.contains(unit))
                .collect(Collectors.joining(","));
    }
}
