package dev.oaiproxy.app.tls;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * TLS on the server's end of a connection. The handshake is part of the first reading. One thread
 * may read while another writes.
 */
final class EncryptedSocket implements HelidonSocket, DataWriter {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] APPLICATION_PROTOCOLS = {"http/1.1"};
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final long GOODBYE_SECONDS = 5;

    /** A record that is being written needs a whole one, and few are written at one moment. */
    private static final BlockingQueue<byte[]> SPARE = new ArrayBlockingQueue<>(64);

    private static final byte[] SPEAK_TLS =
            """
            HTTP/1.1 400 Bad Request\r
            Content-Type: application/json\r
            Connection: close\r
            Content-Length: 148\r
            \r
            {"error":{"message":"This server speaks HTTPS only; use an address that begins \
            https://.","type":"invalid_request_error","param":null,"code":null}}
            """
                    .getBytes(StandardCharsets.US_ASCII);

    private final HelidonSocket wire;
    private final SSLEngine engine;
    private final Object reading = new Object();
    private final Object writing = new Object();

    /** Bytes that are not decrypted yet: less than two records. */
    private ByteBuffer inbound = NOTHING;

    private boolean begun;
    private volatile boolean established;

    EncryptedSocket(HelidonSocket wire, SSLContext context) {
        this.wire = wire;
        this.engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setApplicationProtocols(APPLICATION_PROTOCOLS);
        engine.setSSLParameters(parameters);
    }

    /** The next bytes, or null at the end. */
    @Override
    public byte @Nullable [] get() {
        synchronized (reading) {
            try {
                return next();
            } catch (SSLException e) {
                tellWhy();
                throw new UncheckedIOException(e);
            }
        }
    }

    private byte @Nullable [] next() throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(Math.max(inbound.remaining(), 1));
        while (true) {
            SSLEngineResult result = engine.unwrap(inbound, plain);
            switch (result.getStatus()) {
                case BUFFER_OVERFLOW -> plain = ByteBuffer.allocate(larger(plain.capacity()));
                case BUFFER_UNDERFLOW -> {
                    if (!fill()) {
                        return null;
                    }
                }
                case CLOSED -> {
                    return null;
                }
                case OK -> {
                    if (plain.position() > 0) {
                        return Arrays.copyOf(plain.array(), plain.position());
                    }
                    shakeHands(result.getHandshakeStatus());
                }
            }
        }
    }

    private int larger(int capacity) {
        return capacity < inbound.remaining()
                ? inbound.remaining()
                : engine.getSession().getApplicationBufferSize();
    }

    /** Waits for more bytes from the client; false at the end of the stream. */
    private boolean fill() throws SSLException {
        byte[] more = wire.get();
        if (more == null) {
            return false;
        }
        boolean first = !begun;
        begun = true;
        ByteBuffer both = ByteBuffer.allocate(inbound.remaining() + more.length);
        inbound = both.put(inbound).put(more).flip();
        if (first && isText(more[0])) {
            wire.write(BufferData.create(SPEAK_TLS));
            throw new SSLException("the client speaks HTTP without TLS");
        }
        return true;
    }

    /** The first byte of TLS is 22, and of HTTP a letter. */
    private static boolean isText(byte first) {
        return first >= 'A' && first <= 'z';
    }

    /** Does the server's part of a handshake: the first one or, in TLS 1.3, one for new keys. */
    private void shakeHands(HandshakeStatus status) throws SSLException {
        boolean pending =
                status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP;
        if (pending && established && engine.getSession().getProtocol().equals("TLSv1.2")) {
            throw new SSLException("the client requested a renegotiation");
        }
        HandshakeStatus now = status;
        while (now == HandshakeStatus.NEED_TASK || now == HandshakeStatus.NEED_WRAP) {
            now = now == HandshakeStatus.NEED_TASK ? work() : encrypt(NOTHING).getHandshakeStatus();
        }
        if (now == HandshakeStatus.FINISHED || now == HandshakeStatus.NOT_HANDSHAKING) {
            established = true;
        }
    }

    private HandshakeStatus work() {
        for (Runnable task = engine.getDelegatedTask();
                task != null;
                task = engine.getDelegatedTask()) {
            task.run();
        }
        return engine.getHandshakeStatus();
    }

    private SSLEngineResult encrypt(ByteBuffer plain) throws SSLException {
        byte[] record = spare();
        try {
            synchronized (writing) {
                SSLEngineResult result = engine.wrap(plain, ByteBuffer.wrap(record));
                if (result.bytesProduced() > 0) {
                    wire.write(BufferData.create(record, 0, result.bytesProduced()));
                }
                return result;
            }
        } finally {
            SPARE.offer(record);
        }
    }

    private byte[] spare() {
        int size = engine.getSession().getPacketBufferSize();
        byte[] spare = SPARE.poll();
        return spare == null || spare.length < size ? new byte[size] : spare;
    }

    @Override
    public void write(BufferData buffer) {
        if (!established) {
            throw new UncheckedIOException(new SSLException("there was no handshake"));
        }
        ByteBuffer plain = ByteBuffer.wrap(buffer.readBytes());
        synchronized (writing) {
            try {
                while (plain.hasRemaining()) {
                    SSLEngineResult result = encrypt(plain);
                    if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
                        throw new SSLException("the connection is closed");
                    }
                }
            } catch (SSLException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void write(BufferData... buffers) {
        write(BufferData.create(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        write(buffer);
    }

    @Override
    public void writeNow(BufferData... buffers) {
        write(buffers);
    }

    /** Tells the client what was wrong with its handshake, if it still listens. */
    private void tellWhy() {
        try {
            shakeHands(engine.getHandshakeStatus());
        } catch (SSLException | UncheckedIOException tried) {
            return;
        }
    }

    /** Tells the client that nothing follows. A client that does not read is cut off. */
    void sayGoodbye() {
        if (!established || engine.isOutboundDone()) {
            return;
        }
        CompletableFuture.delayedExecutor(GOODBYE_SECONDS, TimeUnit.SECONDS).execute(this::close);
        try {
            engine.closeOutbound();
            encrypt(NOTHING);
        } catch (SSLException | UncheckedIOException gone) {
            return;
        }
    }

    /** Closes at once, also while another thread writes to a client that does not read. */
    @Override
    public void close() {
        try {
            wire.close();
        } catch (UncheckedIOException closed) {
            return;
        }
    }

    @Override
    public void idle() {
        wire.idle();
    }

    @Override
    public boolean isConnected() {
        return wire.isConnected();
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    public int read(BufferData buffer) {
        throw new UnsupportedOperationException("nobody reads this way");
    }

    @Override
    public PeerInfo remotePeer() {
        return wire.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return wire.localPeer();
    }

    @Override
    public boolean isSecure() {
        return true;
    }

    @Override
    public String socketId() {
        return wire.socketId();
    }

    @Override
    public String childSocketId() {
        return wire.childSocketId();
    }
}
