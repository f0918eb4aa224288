package dev.oaiproxy.metering.catalogue;

import dev.oaiproxy.metering.catalogue.RequestFacts.Flow;
import dev.oaiproxy.metering.catalogue.RequestFacts.Input;
import dev.oaiproxy.metering.catalogue.RequestFacts.Output;
import dev.oaiproxy.metering.catalogue.RequestFacts.Tools;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Facts of chats for tests, which say only what matters to them. */
public record SomeFacts(RequestFacts facts) {
    /** A chat whose body has so many bytes of text. */
    public static SomeFacts chat(String model, long bytes) {
        return new SomeFacts(
                new RequestFacts(
                        model,
                        new Flow(false, false, false, null),
                        new Input(bytes, true, true, false),
                        new Output(null, 1),
                        null,
                        Tools.NONE,
                        List.of(),
                        null));
    }

    public SomeFacts stream(boolean stream, boolean usageWanted) {
        return with(new Flow(stream, usageWanted, false, null), facts.input(), facts.output());
    }

    public SomeFacts input(boolean bounded, boolean longCacheWrite) {
        Input input = new Input(facts.input().bound(), bounded, true, longCacheWrite);
        return with(facts.flow(), input, facts.output());
    }

    public SomeFacts output(@Nullable Long most, int choices) {
        return with(facts.flow(), facts.input(), new Output(most, choices));
    }

    public SomeFacts tier(@Nullable String tier) {
        return new SomeFacts(
                new RequestFacts(
                        facts.model(),
                        facts.flow(),
                        facts.input(),
                        facts.output(),
                        tier,
                        facts.tools(),
                        facts.extras(),
                        facts.file()));
    }

    private SomeFacts with(Flow flow, Input input, Output output) {
        return new SomeFacts(
                new RequestFacts(
                        facts.model(),
                        flow,
                        input,
                        output,
                        facts.serviceTier(),
                        facts.tools(),
                        facts.extras(),
                        facts.file()));
    }
}
