package dev.oaiproxy.cli;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.OfflineTools;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Tools that do nothing, for tests that override what they need. */
class FakeOfflineTools implements OfflineTools {
    @Override
    public AdminApi.SetupDone runSetup(AdminApi.Setup setup, Map<String, String> environment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path priceBook() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Check checkPrices(Path file, Instant at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Diff comparePrices(Path older, Path newer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String importPrices(Source source, Path list, Path ours, Instant at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Copied backUp(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Copied copy(Path home, Consumer<Progress> progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Finding> examine(
            Map<String, String> settings, boolean openai, InstantSource clock) {
        throw new UnsupportedOperationException();
    }
}
