package dev.oaiproxy.server.price;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.oaiproxy.api.PriceFiles;
import dev.oaiproxy.server.usage.Unit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Another price list, written as a price book for a person to review, with what differs. */
public final class Proposal {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._:-]{0,99}";
    private static final String DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}";

    private static final Limits NO_LIMITS = new Limits(null, null, null);

    private final PriceFiles.Source source;
    private final PriceBook ours;
    private final Instant at;
    private final StringBuilder text = new StringBuilder();

    private Proposal(PriceFiles.Source source, PriceBook ours, Instant at) {
        this.source = source;
        this.ours = ours;
        this.at = at;
    }

    /**
     * Reads a list and compares it with a book.
     *
     * @throws PriceBookException when the file is not such a list
     */
    public static String of(PriceFiles.Source source, Path list, PriceBook ours, Instant at) {
        List<Offer> offers = offers(source, list);
        if (offers.isEmpty()) {
            throw new PriceBookException(list + " has no models of OpenAI; is it " + source + "?");
        }
        Proposal proposal = new Proposal(source, ours, at);
        proposal.head(list);
        offers.stream().filter(offer -> offer.name().matches(NAME)).forEach(proposal::model);
        proposal.tail(offers);
        return proposal.text.toString();
    }

    private static List<Offer> offers(PriceFiles.Source source, Path list) {
        JsonMapper mapper =
                JsonMapper.builder()
                        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .build();
        try {
            JsonNode root = mapper.readTree(list.toFile());
            return switch (source) {
                case LITELLM -> LiteLlm.read(root);
                case GENAI_PRICES -> GenAiPrices.read(root);
            };
        } catch (IOException unreadable) {
            throw new PriceBookException(list + ": " + unreadable.getMessage(), unreadable);
        } catch (IllegalArgumentException | ArithmeticException odd) {
            throw new PriceBookException(list + ": " + odd.getMessage(), odd);
        }
    }

    private void head(Path list) {
        line("# A proposal, made from " + list.getFileName() + " of " + source + ".");
        line("#");
        line("# Nobody has checked it. Copy into the price book what OpenAI's own pages confirm.");
        line("# What UNDERCHARGES is cheaper here than in the book that it was compared with,");
        line("# " + ours.version() + ". `oaiproxy prices diff` shows the whole difference.");
        line("");
        line("version: proposal-" + source);
        line("currency: USD");
        line("");
        line("models:");
    }

    private void tail(List<Offer> offers) {
        Set<String> named = offers.stream().map(Offer::name).collect(Collectors.toSet());
        String missing =
                ours.names().stream()
                        .filter(name -> !named.contains(name))
                        .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            line("");
            line("  # In the book, but not in that list: " + missing + ".");
        }
    }

    private void model(Offer offer) {
        offer.sheets().forEach(Sheet::mend);
        Optional<ModelPrice> known = ours.find(offer.name(), at);
        Kind kind =
                known.map(ModelPrice::kind)
                        .orElse(ours.kinds().getOrDefault(offer.name(), offer.kind()));
        Limits limits = bounds(offer.limits(), known.map(ModelPrice::limits).orElse(NO_LIMITS));
        List<Sheet> sheets =
                offer.sheets().stream().filter(sheet -> !sheet.standard().isEmpty()).toList();
        line("");
        comments(offer, kind, known.orElse(null));
        if (limits.equals(NO_LIMITS) && offer.hasTokens()) {
            line("  # Cannot be used as it is: nothing bounds its tokens; add context_window.");
        }
        line("  - name: " + offer.name());
        List<String> aliases = offer.aliases().stream().filter(a -> a.matches(NAME)).toList();
        if (!aliases.isEmpty()) {
            line("    aliases: [" + String.join(", ", aliases) + "]");
        }
        line("    kind: " + kind.label());
        limit("context_window", limits.contextWindow());
        limit("max_input_tokens", limits.maxInputTokens());
        limit("max_output_tokens", limits.maxOutputTokens());
        if (limits.images() != null) {
            line("    image_input: " + limits.images().label());
        }
        line(sheets.isEmpty() ? "    prices: []" : "    prices:");
        sheets.forEach(this::price);
    }

    private void comments(Offer offer, Kind kind, @Nullable ModelPrice known) {
        if (known == null) {
            line("  # Not in the book.");
        }
        for (Sheet sheet : offer.sheets()) {
            sheet.remarks().forEach(remark -> line("  # " + remark + "."));
            try {
                kind.requireUnits(sheet.standard().keySet());
            } catch (IllegalArgumentException lacking) {
                line("  # Cannot be used as it is: " + lacking.getMessage() + ".");
            }
        }
        if (known != null && !offer.sheets().isEmpty()) {
            Sheet newest = offer.sheets().getFirst();
            compare("", newest.below(), known.rates());
            LongContext step = known.longContext();
            if (step != null) {
                compare("beyond the step, ", newest.beyond(), step.rates());
            }
        }
    }

    private void compare(String where, Map<Tier, Map<Unit, Rate>> theirs, RateCard book) {
        for (Tier tier : Tier.values()) {
            Map<Unit, Rate> here = theirs.getOrDefault(tier, Map.of());
            Map<Unit, Rate> there = book.listed(tier);
            if (here.isEmpty() && !there.isEmpty()) {
                line("  # " + where + tier.label() + ": in the book, not here.");
                continue;
            }
            Set<Unit> units = EnumSet.noneOf(Unit.class);
            units.addAll(here.keySet());
            units.addAll(there.keySet());
            for (Unit unit : units) {
                String what = where + tier.label() + " " + unit.label();
                difference(unit, here.get(unit), there.get(unit))
                        .ifPresent(text -> line("  # " + what + ": " + text + "."));
            }
        }
    }

    private static Optional<String> difference(
            Unit unit, @Nullable Rate here, @Nullable Rate book) {
        long per = Rate.per(unit);
        if (here == null) {
            return Optional.of("in the book, not here");
        }
        if (book == null) {
            return Optional.of(here.usd(per) + " here, not in the book");
        }
        if (here.equals(book)) {
            return Optional.empty();
        }
        String both = here.usd(per) + " here, " + book.usd(per) + " in the book";
        return Optional.of(here.compareTo(book) < 0 ? both + "; UNDERCHARGES" : both);
    }

    private static Limits bounds(Limits theirs, Limits book) {
        return new Limits(
                known(theirs.contextWindow(), book.contextWindow()),
                known(theirs.maxInputTokens(), book.maxInputTokens()),
                known(theirs.maxOutputTokens(), book.maxOutputTokens()),
                book.images());
    }

    private static @Nullable Long known(@Nullable Long theirs, @Nullable Long book) {
        return theirs == null ? book : theirs;
    }

    private void limit(String field, @Nullable Long tokens) {
        if (tokens != null) {
            line("    " + field + ": " + tokens);
        }
    }

    private void price(Sheet sheet) {
        List<String> lines = new ArrayList<>();
        term("from", sheet.from(), lines);
        term("until", sheet.until(), lines);
        lines.add("rates:");
        card("  ", sheet.below(), lines);
        if (!sheet.beyond().isEmpty()) {
            lines.add("long_context:");
            lines.add("  above_input_tokens: " + sheet.step());
            lines.add("  rates:");
            card("    ", sheet.beyond(), lines);
        }
        lines.add("source: [" + source + "]");
        line("      - " + lines.getFirst());
        lines.stream().skip(1).forEach(rest -> line("        " + rest));
    }

    private static void term(String field, @Nullable String day, List<String> lines) {
        if (day != null && day.matches(DAY)) {
            lines.add(field + ": " + day);
        }
    }

    private static void card(String indent, Map<Tier, Map<Unit, Rate>> card, List<String> lines) {
        card.forEach(
                (tier, rates) -> {
                    String all =
                            rates.entrySet().stream()
                                    .map(rate -> text(rate.getKey(), rate.getValue()))
                                    .collect(Collectors.joining(", "));
                    lines.add(indent + tier.label() + ": {" + all + "}");
                });
    }

    private static String text(Unit unit, Rate rate) {
        return unit.label() + ": " + rate.usd(Rate.per(unit));
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
