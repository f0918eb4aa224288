package dev.oaiproxy.cli;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.api.SetupRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Tools that do nothing, for tests that override what they need. */
class FakeOfflineTools implements OfflineTools {
    @Override
    public AdminApi.SetupResult runSetup(SetupRequest setup, Map<String, String> environment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path priceBook() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PriceBookCheck checkPrices(Path file, Instant at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PriceBookDiff comparePrices(Path older, Path newer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String importPrices(PriceListSource source, Path list, Path ours, Instant at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CopyResult backUp(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CopyResult copy(Path home, Consumer<CopyProgress> progress) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<CheckResult> examine(
            Map<String, String> settings, CheckScope scope, InstantSource clock) {
        throw new UnsupportedOperationException();
    }
}
