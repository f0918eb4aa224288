package dev.oaiproxy.metering.usage;

import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.usage.object.UsageResult;
import java.nio.ByteBuffer;

/** Lets an answer pass whose usage the request alone decides. It counts when the body is whole. */
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
