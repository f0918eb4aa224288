package dev.oaiproxy.metering.catalogue;

import dev.oaiproxy.metering.usage.Unit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has been found in a body so far. */
final class Found {
    @Nullable String model;
    boolean stream;
    boolean usageWanted;
    boolean background;
    @Nullable String format;
    @Nullable String window;
    @Nullable Long maxOutputTokens;
    long choices = 1;
    @Nullable String quality;
    @Nullable String serviceTier;
    boolean searchOptions;
    @Nullable Integer toolCalls;
    final Set<Extra> reach = new LinkedHashSet<>();

    /** What the items of the input bring, which OpenAI may keep for later requests. */
    final Set<Extra> carried = new LinkedHashSet<>();

    /** Whether earlier items are read that are not in the request. */
    boolean recalls;

    final PictureCounts pictures = new PictureCounts();

    final List<Extra> extras = new ArrayList<>();
    @Nullable String file;
    boolean bounded = true;
    boolean countable = true;
    boolean longCacheWrite;

    /** Of two limits the larger is taken: which of them OpenAI obeys is not for us to guess. */
    void limitOutput(long tokens) {
        maxOutputTokens = Math.max(tokens, maxOutputTokens == null ? 0 : maxOutputTokens);
    }

    /** Notes something that the model itself may bill. */
    void mayBill(String named, Unit unit, long most) {
        extras.add(new Extra.Units(named, unit, most));
    }

    /** Notes a hosted tool that the request names in a member. */
    void reach(Extra extra, String name) throws MalformedException {
        for (Extra other : reach) {
            if (other.kind().equals(extra.kind()) && !other.row().equals(extra.row())) {
                throw new MalformedException(
                        "This proxy cannot tell what each of two tools of one kind has cost; name"
                                + " one of '%s' and '%s'.".formatted(other.row(), extra.row()),
                        name);
            }
        }
        reach.add(extra);
    }

    /** It counts for what runs in the background alone; OpenAI refuses it elsewhere. */
    private @Nullable String window() {
        return background && !stream ? window : null;
    }

    RequestFacts facts(String named, long bodyBytes) {
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
