package dev.oaiproxy.app.offline;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.price.book.LongContext;
import dev.oaiproxy.metering.price.book.ModelKind;
import dev.oaiproxy.metering.price.book.ModelLimits;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.PriceBookException;
import dev.oaiproxy.metering.price.book.Processing;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.RateCard;
import dev.oaiproxy.metering.price.book.ServiceTier;
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
public final class ImportProposal {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._:-]{0,99}";
    private static final String DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}";

    private static final String UNBOUNDED = "nothing bounds ";

    private static final ModelLimits NO_LIMITS = new ModelLimits(null, null, null);

    private final OfflineTools.PriceListSource source;
    private final PriceBook ours;
    private final Instant at;
    private final StringBuilder text = new StringBuilder();

    /** The models that a book could have, as they are written. */
    private final StringBuilder usable = new StringBuilder();

    private ImportProposal(OfflineTools.PriceListSource source, PriceBook ours, Instant at) {
        this.source = source;
        this.ours = ours;
        this.at = at;
    }

    /**
     * Reads a list and compares it with a book.
     *
     * @throws PriceBookException when the file is not such a list
     */
    public static String of(
            OfflineTools.PriceListSource source, Path list, PriceBook ours, Instant at) {
        List<ImportedModel> models = models(source, list);
        if (models.isEmpty()) {
            throw new PriceBookException(list + " has no models of OpenAI; is it " + source + "?");
        }
        ImportProposal proposal = new ImportProposal(source, ours, at);
        proposal.head(list);
        models.stream().filter(model -> model.name().matches(NAME)).forEach(proposal::model);
        proposal.tail(models);
        return proposal.whole();
    }

    private String whole() {
        return usable.isEmpty()
                ? text.toString().replaceFirst("\\nmodels:\\n", "\nmodels: []\n")
                : text.toString();
    }

    private static List<ImportedModel> models(OfflineTools.PriceListSource source, Path list) {
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
        line("# " + ours.version() + ". `oaiproxy prices diff` shows the whole difference. What");
        line("# cannot be used as it is, is a comment.");
        line("");
        text.append(opening());
    }

    private String opening() {
        return "version: proposal-" + source + "\ncurrency: USD\n\nmodels:\n";
    }

    private void tail(List<ImportedModel> models) {
        Set<String> named = models.stream().map(ImportedModel::name).collect(Collectors.toSet());
        String missing =
                ours.names().stream()
                        .filter(name -> !named.contains(name))
                        .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            line("");
            line("  # In the book, but not in that list: " + missing + ".");
        }
    }

    private void model(ImportedModel model) {
        model.rates().forEach(ImportedRates::mend);
        Optional<ModelPrice> known = ours.find(model.name(), at);
        ModelKind modelKind =
                known.map(ModelPrice::kind)
                        .orElse(ours.kinds().getOrDefault(model.name(), model.kind()));
        ModelLimits limits =
                bounds(model.limits(), known.map(ModelPrice::limits).orElse(NO_LIMITS));
        line("");
        comments(model, modelKind, known.orElse(null));
        if (limits.equals(NO_LIMITS) && model.hasTokens()) {
            line("  # Cannot be used as it is: nothing bounds its tokens; add context_window.");
        }
        List<String> entry = entry(model, modelKind, limits);
        Optional<String> fault = fault(entry);
        fault.filter(why -> !isTold(why))
                .ifPresent(why -> line("  # Cannot be used as it is: " + why + "."));
        String start = fault.isPresent() ? "  # " : "  ";
        entry.forEach(line -> line(start + line));
        if (fault.isEmpty()) {
            entry.forEach(line -> usable.append("  ").append(line).append('\n'));
        }
    }

    private List<String> entry(ImportedModel model, ModelKind modelKind, ModelLimits limits) {
        List<String> entry = new ArrayList<>();
        entry.add("- name: " + model.name());
        List<String> aliases = model.aliases().stream().filter(a -> a.matches(NAME)).toList();
        if (!aliases.isEmpty()) {
            entry.add("  aliases: [" + String.join(", ", aliases) + "]");
        }
        entry.add("  kind: " + modelKind.label());
        limit("context_window", limits.contextWindow(), entry);
        limit("max_input_tokens", limits.maxInputTokens(), entry);
        limit("max_output_tokens", limits.maxOutputTokens(), entry);
        if (limits.images() != null) {
            entry.add("  image_input: " + limits.images().label());
        }
        List<ImportedRates> rates =
                model.rates().stream().filter(term -> !term.standard().isEmpty()).toList();
        entry.add(rates.isEmpty() ? "  prices: []" : "  prices:");
        rates.forEach(term -> price(term, entry));
        return entry;
    }

    /** The reason to refuse a book with this entry beside those before it; empty for none. */
    private Optional<String> fault(List<String> entry) {
        StringBuilder book = new StringBuilder(opening()).append(usable);
        entry.forEach(line -> book.append("  ").append(line).append('\n'));
        try {
            PriceBook.parse(
                    Path.of("proposal"), book.toString().getBytes(UTF_8), Processing.GLOBAL);
            return Optional.empty();
        } catch (PriceBookException bad) {
            String why = String.valueOf(bad.getMessage());
            return Optional.of(why.substring(why.indexOf(": ") + 2));
        }
    }

    /** True when a comment on this model says so already. */
    private boolean isTold(String why) {
        String what = why.substring(why.lastIndexOf(": ") + 2);
        String comment = text.substring(text.lastIndexOf("\n\n") + 1);
        return comment.contains(what)
                || (what.startsWith(UNBOUNDED) && comment.contains(UNBOUNDED));
    }

    private void comments(ImportedModel model, ModelKind modelKind, @Nullable ModelPrice known) {
        if (known == null) {
            line("  # Not in the book.");
        }
        for (ImportedRates rates : model.rates()) {
            rates.remarks().forEach(remark -> line("  # " + remark + "."));
            try {
                modelKind.requireUnits(rates.standard().keySet());
            } catch (IllegalArgumentException lacking) {
                line("  # Cannot be used as it is: " + lacking.getMessage() + ".");
            }
        }
        if (known != null && !model.rates().isEmpty()) {
            ImportedRates newest = model.rates().getFirst();
            compare("", newest.below(), known.rates());
            LongContext step = known.longContext();
            if (step != null) {
                compare("beyond the step, ", newest.beyond(), step.rates());
            }
        }
    }

    private void compare(String where, Map<ServiceTier, Map<Unit, Rate>> theirs, RateCard book) {
        for (ServiceTier tier : ServiceTier.values()) {
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

    private static ModelLimits bounds(ModelLimits theirs, ModelLimits book) {
        return new ModelLimits(
                known(theirs.contextWindow(), book.contextWindow()),
                known(theirs.maxInputTokens(), book.maxInputTokens()),
                known(theirs.maxOutputTokens(), book.maxOutputTokens()),
                book.images(),
                book.qualities());
    }

    private static @Nullable Long known(@Nullable Long theirs, @Nullable Long book) {
        return theirs == null ? book : theirs;
    }

    private static void limit(String field, @Nullable Long tokens, List<String> entry) {
        if (tokens != null) {
            entry.add("  " + field + ": " + tokens);
        }
    }

    private void price(ImportedRates rates, List<String> entry) {
        List<String> lines = new ArrayList<>();
        term("from", rates.from(), lines);
        term("until", rates.until(), lines);
        lines.add("rates:");
        card("  ", rates.below(), lines);
        if (!rates.beyond().isEmpty()) {
            lines.add("long_context:");
            lines.add("  above_input_tokens: " + step(rates));
            lines.add("  rates:");
            card("    ", rates.beyond(), lines);
        }
        lines.add("source: [" + source + "]");
        entry.add("    - " + lines.getFirst());
        lines.stream().skip(1).forEach(rest -> entry.add("      " + rest));
    }

    /** OpenAI says "more than 272K"; who writes "from 272K on" means one token less as the step. */
    private static long step(ImportedRates rates) {
        return rates.step() % 1000 == 999 ? rates.step() + 1 : rates.step();
    }

    private static void term(String field, @Nullable String day, List<String> lines) {
        if (day != null && day.matches(DAY)) {
            lines.add(field + ": " + day);
        }
    }

    private static void card(
            String indent, Map<ServiceTier, Map<Unit, Rate>> card, List<String> lines) {
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
