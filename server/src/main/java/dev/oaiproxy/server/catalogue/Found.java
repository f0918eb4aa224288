package dev.oaiproxy.server.catalogue;

import dev.oaiproxy.server.usage.Unit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has been found in a body so far. */
final class Found {
    @Nullable String model;
    boolean stream;
    boolean usageWanted;
    boolean background;
    @Nullable String format;
    @Nullable Long maxOutputTokens;
    long choices = 1;
    @Nullable String serviceTier;
    boolean searchOptions;
    @Nullable Integer toolCalls;
    final List<Extra> reach = new ArrayList<>();
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

    RequestFacts facts(String named, long bodyBytes) {
        return new RequestFacts(
                named,
                new RequestFacts.Flow(stream, usageWanted, background, format),
                new RequestFacts.Input(bodyBytes, bounded, countable, longCacheWrite),
                new RequestFacts.Output(maxOutputTokens, choices),
                serviceTier,
                new RequestFacts.Tools(toolCalls, searchOptions, reach),
                extras,
                file);
    }
}
