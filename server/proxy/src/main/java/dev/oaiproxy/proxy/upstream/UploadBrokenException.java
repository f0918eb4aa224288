package dev.oaiproxy.proxy.upstream;

import java.io.IOException;

/** The body of a request broke off at its source, and not on its way to OpenAI. */
final class UploadBrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    UploadBrokenException(Exception cause) {
        super("the body of the request broke off", cause);
    }
}
