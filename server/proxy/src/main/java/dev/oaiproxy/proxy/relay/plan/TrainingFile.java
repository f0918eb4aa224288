package dev.oaiproxy.proxy.relay.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/** Reads a file that a model is to be trained on, for what bounds its tokens: a byte is one. */
final class TrainingFile {
    private static final int OK = 200;
    private static final long MOST_BYTES = 1L << 30;
    private static final JsonFactory JSON = new JsonFactory();

    /** What stands for content of which the file has no more than an address. */
    private static final Set<String> ELSEWHERE =
            Set.of(
                    "image_url",
                    "input_image",
                    "input_audio",
                    "input_file",
                    "file_id",
                    "image_file");

    private final InputFiles files;

    TrainingFile(InputFiles files) {
        this.files = files;
    }

    /** The size of a file in bytes; refuses one that has more than text. */
    long bytes(String id) {
        try (UpstreamResponse response = files.open(id)) {
            if (response.status() != OK) {
                throw refused("This proxy cannot read the training file.");
            }
            return read(new Counted(response));
        } catch (UpstreamException e) {
            throw new RefusedException(UpstreamErrors.refusal(e));
        }
    }

    private static long read(Counted in) {
        try (JsonParser json = JSON.createParser(in)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                boolean text = token == JsonToken.FIELD_NAME || token == JsonToken.VALUE_STRING;
                if (text && ELSEWHERE.contains(json.getText())) {
                    throw refused(
                            "This proxy cannot bound what training on images, sound or files"
                                    + " costs; give text alone.");
                }
                if (in.count > MOST_BYTES) {
                    throw refused("The training file is too large.");
                }
            }
        } catch (IOException e) {
            throw refused("The training file is no JSON, line by line, or cannot be read.");
        }
        if (in.count == 0) {
            throw refused("The training file is empty.");
        }
        return in.count;
    }

    private static RefusedException refused(String why) {
        return new RefusedException(new Refusal.Malformed(why, "training_file"));
    }

    private static final class Counted extends InputStream {
        private final UpstreamResponse response;
        private long count;

        Counted(UpstreamResponse response) {
            this.response = response;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            byte[] piece = new byte[length];
            try {
                int n = response.read(piece);
                if (n > 0) {
                    System.arraycopy(piece, 0, buffer, offset, n);
                    count += n;
                }
                return n;
            } catch (UpstreamException e) {
                throw new IOException(e);
            }
        }
    }
}
