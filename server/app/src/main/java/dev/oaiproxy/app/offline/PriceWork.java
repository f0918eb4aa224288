package dev.oaiproxy.app.offline;

import dev.oaiproxy.api.PriceFiles;
import dev.oaiproxy.app.ServerConfig;
import dev.oaiproxy.metering.price.book.PriceBook;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Works on price books for the command line, where no server runs. */
public final class PriceWork implements PriceFiles {
    @Override
    public Path current() {
        return ServerConfig.load(
                        Path.of(System.getProperty("oaiproxy.home", "")), System.getenv(), Map.of())
                .prices();
    }

    @Override
    public Check check(Path file, Instant at) {
        return BookCheck.of(PriceBook.load(file), at);
    }

    @Override
    public Diff diff(Path older, Path newer) {
        return BookDiff.of(PriceBook.load(older), PriceBook.load(newer));
    }

    @Override
    public String proposal(Source source, Path list, Path ours, Instant at) {
        return Proposal.of(source, list, PriceBook.load(ours), at);
    }
}
