package dev.oaiproxy.metering.request.facts;

import dev.oaiproxy.metering.request.facts.RequestFacts.Flow;
import dev.oaiproxy.metering.request.facts.RequestFacts.Input;
import dev.oaiproxy.metering.request.facts.RequestFacts.Output;
import dev.oaiproxy.metering.request.facts.RequestFacts.Tools;
import dev.oaiproxy.metering.request.picture.Pictures;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Request facts of chats for tests, with defaults for the rest. */
public record SampleFacts(RequestFacts facts) {
    /** A chat whose body has this many bytes of text. */
    public static SampleFacts chat(String model, long bytes) {
        return new SampleFacts(
                new RequestFacts(
                        model,
                        new Flow(false, false, false, null, null),
                        new Input(bytes, true, true, false, false, Pictures.NONE),
                        new Output(null, 1, null),
                        null,
                        Tools.NONE,
                        List.of(),
                        null));
    }

    public SampleFacts stream(boolean stream, boolean usageWanted) {
        return with(
                new Flow(stream, usageWanted, false, null, null), facts.input(), facts.output());
    }

    public SampleFacts input(boolean bounded, boolean longCacheWrite) {
        Input input =
                new Input(
                        facts.input().bound(), bounded, true, longCacheWrite, false, Pictures.NONE);
        return with(facts.flow(), input, facts.output());
    }

    public SampleFacts output(@Nullable Long most, int choices) {
        return with(facts.flow(), facts.input(), new Output(most, choices, null));
    }

    public SampleFacts tier(@Nullable String tier) {
        return new SampleFacts(
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

    private SampleFacts with(Flow flow, Input input, Output output) {
        return new SampleFacts(
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
