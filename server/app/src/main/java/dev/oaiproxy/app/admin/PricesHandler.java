package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Price;
import dev.oaiproxy.api.AdminApi.PriceList;
import dev.oaiproxy.api.AdminApi.TierRates;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.LongContext;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.Prices;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.RateCard;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows the price book. */
final class PricesHandler {
    private final Prices prices;

    PricesHandler(Prices prices) {
        this.prices = prices;
    }

    void list(AdminRequest request) {
        request.allowParameters("model");
        String model = request.parameter("model").orElse(null);
        PriceBook book = prices.current();
        List<Price> data =
                book.all().stream()
                        .filter(price -> model == null || isNamed(price, model))
                        .map(PricesHandler::view)
                        .toList();
        if (data.isEmpty() && model != null) {
            throw ProblemException.notFound(
                    "no price for " + model + "; 'oaiproxy prices list' shows the models");
        }
        request.send(new PriceList(book.version(), prices.refusal().orElse(null), data));
    }

    private static boolean isNamed(ModelPrice price, String model) {
        return price.name().equals(model) || price.aliases().contains(model);
    }

    private static Price view(ModelPrice price) {
        List<TierRates> rates = new ArrayList<>(rates(price.rates(), 0));
        LongContext step = price.longContext();
        if (step != null) {
            rates.addAll(rates(step.rates(), step.aboveInputTokens()));
        }
        return new Price(
                price.name(),
                price.aliases(),
                price.kind().label(),
                text(price.validity().from()),
                text(price.validity().until()),
                price.limits().contextWindow(),
                price.limits().maxOutputTokens(),
                rates,
                price.sources());
    }

    private static List<TierRates> rates(RateCard card, long above) {
        List<TierRates> all = new ArrayList<>();
        for (Map.Entry<ServiceTier, Map<Unit, Rate>> tier : card.tiers().entrySet()) {
            List<AdminApi.Rate> rates = new ArrayList<>();
            tier.getValue().forEach((unit, rate) -> rates.add(view(unit, rate)));
            all.add(new TierRates(tier.getKey().label(), above, rates));
        }
        return all;
    }

    private static AdminApi.Rate view(Unit unit, Rate rate) {
        long per = Rate.per(unit);
        return new AdminApi.Rate(unit.label(), rate.usd(per), per);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
