package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.request.FormReferenceCheck;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.proxy.upstream.StreamedBody;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A form that is streamed from the client to OpenAI, through a window of a few kilobytes. */
public final class FormUpload implements StreamedBody {
    /** The window of the form's reader, and the buffers in transit. */
    static final long MEMORY_BYTES = 64 << 10;

    private final ProxyRequest.Incoming body;
    private final long length;
    private final long most;
    private final FormReferenceCheck form;
    private @Nullable InputStream open;
    private long seen;
    private @Nullable Refusal refusal;
    private boolean gone;

    /**
     * Reserves its window.
     *
     * @throws RefusedException when the form is too large, or there is no memory for the window
     */
    public FormUpload(ProxyRequest request, Operation.BodyRule rule) {
        this.body = request.body();
        this.length = request.body().length();
        this.most = rule.most();
        this.form = new FormReferenceCheck(request.headers().first("content-type").orElse(""));
        if (length > most) {
            throw new RefusedException(new Refusal.TooLarge(most));
        }
        if (!request.lease().take(Use.REQUEST, MEMORY_BYTES)) {
            throw new RefusedException(new Refusal.NoRoom());
        }
    }

    /** True for a form without a content coding. */
    public static boolean isOne(ProxyRequest request) {
        return request.headers().first("content-type").filter(MultipartForm::isForm).isPresent()
                && request.headers().values("content-encoding").stream()
                        .allMatch(coding -> coding.isBlank() || coding.equals("identity"));
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        int count = next(buffer);
        seen += Math.max(0, count);
        Optional<String> fault = count < 0 ? form.end() : form.see(buffer, count);
        if (seen > most) {
            refusal = new Refusal.TooLarge(most);
        } else if (fault.isPresent()) {
            refusal = new Refusal.Malformed(fault.get(), null);
        }
        if (refusal != null) {
            throw new IOException("the form is refused");
        }
        return count;
    }

    private int next(byte[] buffer) throws IOException {
        boolean whole = false;
        try {
            int count = in().read(buffer);
            if (count < 0 && seen < length) {
                throw new EOFException("the client sent less than it announced");
            }
            whole = true;
            return count;
        } finally {
            gone = !whole;
        }
    }

    /** Opens the body late, since the client may wait for 100 Continue. */
    private InputStream in() {
        InputStream in = open == null ? body.stream() : open;
        open = in;
        return in;
    }

    /** The refusal of the form, if the client sent a faulty one. */
    public Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** True when the client disconnected before the end of the form. */
    public boolean isGone() {
        return gone;
    }
}
