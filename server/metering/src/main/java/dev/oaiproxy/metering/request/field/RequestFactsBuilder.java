package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.request.json.MalformedException;
import dev.oaiproxy.metering.request.picture.PictureCounts;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The facts found in a body so far. */
public final class RequestFactsBuilder {
    @Nullable public String model;
    public boolean stream;
    boolean usageWanted;
    boolean background;
    @Nullable public String format;
    @Nullable String window;
    @Nullable Long maxOutputTokens;
    public long choices = 1;
    @Nullable public String quality;
    @Nullable public String serviceTier;
    boolean searchOptions;
    @Nullable Integer toolCalls;
    final Set<Surcharge> reach = new LinkedHashSet<>();

    /** Surcharges of the input's items, which OpenAI may keep for later requests. */
    final Set<Surcharge> carried = new LinkedHashSet<>();

    /** True if OpenAI reads earlier items that are not in the request. */
    boolean recalls;

    public final PictureCounts pictures = new PictureCounts();

    final List<Surcharge> extras = new ArrayList<>();
    @Nullable String file;
    public boolean bounded = true;
    boolean countable = true;
    boolean longCacheWrite;

    /**
     * Records an output limit. The larger of two counts, because either may be the one that OpenAI
     * obeys.
     */
    void limitOutput(long tokens) {
        maxOutputTokens = Math.max(tokens, maxOutputTokens == null ? 0 : maxOutputTokens);
    }

    /** Records a possible charge, priced by a model or by another row of the price book. */
    public void mayBill(String named, Unit unit, long most) {
        extras.add(new Surcharge.Units(named, unit, most));
    }

    /** Records a hosted tool that a member of the request names. */
    void reach(Surcharge surcharge, String name) throws MalformedException {
        for (Surcharge other : reach) {
            if (other.kind().equals(surcharge.kind()) && !other.row().equals(surcharge.row())) {
                throw new MalformedException(
                        "This proxy cannot tell the costs of two tools of one kind apart; use"
                                + " only one of '%s' and '%s'."
                                        .formatted(other.row(), surcharge.row()),
                        name);
            }
        }
        reach.add(surcharge);
    }

    /** The completion window. It applies only in the background; OpenAI refuses it elsewhere. */
    private @Nullable String window() {
        return background && !stream ? window : null;
    }

    public RequestFacts facts(String named, long bodyBytes) {
        return new RequestFacts(
                named,
                new RequestFacts.Flow(stream, usageWanted, background, format, window()),
                new RequestFacts.Input(
                        bodyBytes,
                        bounded,
                        countable,
                        longCacheWrite,
                        recalls,
                        pictures.pictures()),
                new RequestFacts.Output(maxOutputTokens, choices, quality),
                serviceTier,
                new RequestFacts.Tools(
                        toolCalls, searchOptions, List.copyOf(reach), List.copyOf(carried)),
                extras,
                file);
    }
}
