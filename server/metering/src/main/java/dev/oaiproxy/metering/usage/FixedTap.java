package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;

/**
 * Passes a response whose usage depends only on the request. The usage counts once the body is
 * complete.
 */
record FixedTap(Usage usage, Tap body) implements Tap {
    @Override
    public ByteBuffer pass(ByteBuffer bytes) {
        return body.pass(bytes);
    }

    @Override
    public ByteBuffer end() {
        return body.end();
    }

    @Override
    public boolean isFinal() {
        return body.isFinal();
    }

    @Override
    public UsageResult reading() {
        return isFinal() ? new UsageResult.Complete(usage) : new UsageResult.Missing();
    }
}
