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

/** Prices, as rows. */
public final class PriceRows {
    private static final String STANDARD = "standard";

    private PriceRows() {}

    /** Prices in force at a time: a row for each model, at the standard tier. */
    public static Table overview(List<Price> prices, Instant now) {
        List<Column> columns =
                List.of(
                        Column.text("model"),
                        Column.text("kind"),
                        Column.money("input_usd"),
                        Column.money("cached_input_usd"),
                        Column.money("output_usd"),
                        Column.number("per"),
                        Column.text("others"));
        List<List<String>> rows =
                prices.stream().filter(price -> holds(price, now)).map(PriceRows::model).toList();
        return Table.of(columns, rows);
    }

    /** Every rate of every time. */
    public static Table details(List<Price> prices) {
        List<Column> columns =
                List.of(
                        Column.text("model"),
                        Column.text("from"),
                        Column.text("until"),
                        Column.text("tier"),
                        Column.number("above_input_tokens"),
                        Column.text("unit"),
                        Column.money("usd"),
                        Column.number("per"));
        List<List<String>> rows = new ArrayList<>();
        for (Price price : prices) {
            for (TierRates tier : price.rates()) {
                tier.rates().forEach(rate -> rows.add(detail(price, tier, rate)));
            }
        }
        return Table.of(columns, rows);
    }

    /** Missing rates and bounds of a price book. */
    public static Table gaps(List<PriceBookGap> gaps) {
        List<Column> columns =
                List.of(Column.text("model"), Column.text("kind"), Column.text("gap"));
        return Table.of(
                columns,
                gaps.stream().map(gap -> Table.row(gap.model(), gap.kind(), gap.gap())).toList());
    }

    /** The difference of two price books; a model that only one has is one row. */
    public static Table differences(PriceBookDiff diff) {
        List<Column> columns =
                List.of(
                        Column.text("model"),
                        Column.text("tier"),
                        Column.number("above_input_tokens"),
                        Column.text("unit"),
                        Column.text("from"),
                        Column.money("old_usd"),
                        Column.money("new_usd"),
                        Column.number("change"));
        List<List<String>> rows = new ArrayList<>();
        diff.added().forEach(model -> rows.add(whole(model, "added")));
        diff.removed().forEach(model -> rows.add(whole(model, "removed")));
        for (RateChange change : diff.changes()) {
            rows.add(
                    Table.row(
                            change.model(),
                            change.tier(),
                            change.aboveInputTokens() == 0 ? null : change.aboveInputTokens(),
                            change.unit(),
                            change.from(),
                            change.oldUsd(),
                            change.newUsd(),
                            change.change()));
        }
        return Table.of(columns, rows);
    }

    private static List<String> whole(String model, String what) {
        return Table.row(model, null, null, null, null, null, null, what);
    }

    private static boolean holds(Price price, Instant now) {
        boolean begun = price.from() == null || !Instant.parse(price.from()).isAfter(now);
        return begun && (price.until() == null || Instant.parse(price.until()).isAfter(now));
    }

    private static List<String> model(Price price) {
        List<Rate> rates = ordinary(price);
        List<String> main = List.of("input", "cached_input", "output");
        List<String> others =
                rates.stream().map(Rate::unit).filter(unit -> !main.contains(unit)).toList();
        return Table.row(
                price.model(),
                price.kind(),
                usd(rates, "input"),
                usd(rates, "cached_input"),
                usd(rates, "output"),
                rates.stream()
                        .filter(rate -> main.contains(rate.unit()))
                        .findFirst()
                        .map(Rate::per)
                        .orElse(null),
                String.join(",", others));
    }

    private static List<Rate> ordinary(Price price) {
        Optional<TierRates> tier =
                price.rates().stream()
                        .filter(t -> t.tier().equals(STANDARD) && t.aboveInputTokens() == 0)
                        .findFirst()
                        .or(() -> price.rates().stream().findFirst());
        return tier.map(TierRates::rates).orElse(List.of());
    }

    private static String usd(List<Rate> rates, String unit) {
        return rates.stream()
                .filter(rate -> rate.unit().equals(unit))
                .findFirst()
                .map(Rate::usd)
                .orElse("");
    }

    private static List<String> detail(Price price, TierRates tier, Rate rate) {
        return Table.row(
                price.model(),
                price.from(),
                price.until(),
                tier.tier(),
                tier.aboveInputTokens() == 0 ? null : tier.aboveInputTokens(),
                rate.unit(),
                rate.usd(),
                rate.per());
    }
}
