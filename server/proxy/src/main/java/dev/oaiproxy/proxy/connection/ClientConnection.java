package dev.oaiproxy.proxy.connection;

import dev.oaiproxy.proxy.connection.ClientConnections.Standing;
import dev.oaiproxy.proxy.connection.RequestFraming.Awaiting;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One connection of a client, whose reads and writes are bounded in size and in time. */
public final class ClientConnection implements ServerConnection, InterruptableTask<Void> {
    private static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

    /** The most bytes of a refused body that are read before the connection ends. */
    private static final long MOST_LINGER_BYTES = 64L << 20;

    private final ClientConnections connections;
    private final ConnectionContext plain;
    private final ErrorAnswers errors;
    private final RequestFraming framing = new RequestFraming(new Incoming());
    private final BlockingOperation reading = new BlockingOperation();
    private final BlockingOperation writing = new BlockingOperation();
    private final ServerConnection http;
    private final @Nullable ClientAddress peer;
    private volatile @Nullable ClientAddress address;
    private volatile Standing standing = Standing.STRANGER;
    private final ReadPhase phase = new ReadPhase();
    private volatile boolean heard;
    private volatile boolean written;
    private volatile boolean answering;
    private volatile boolean http10;
    private volatile @Nullable String origin;

    ClientConnection(
            ClientConnections connections,
            ConnectionContext context,
            ServerConnectionSelector protocol,
            ErrorAnswers errors) {
        this.connections = connections;
        this.plain = context;
        this.errors = errors;
        SocketAddress remote = context.remotePeer().address();
        this.peer = ClientAddress.of(remote).orElse(null);
        this.http = protocol.connection(new GuardedConnectionContext(context, this));
    }

    /** The connection that this thread serves, if any. */
    public static Optional<ClientConnection> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** The address of this thread's client, for logs. */
    public static String currentAddress() {
        return current().map(ClientConnection::address).map(Object::toString).orElse("unknown");
    }

    /**
     * The address of the client: the other end of the connection or, behind a trusted proxy, the
     * address that the proxy states for the current request.
     */
    public @Nullable ClientAddress address() {
        ClientAddress forwarded = address;
        return forwarded == null ? peer : forwarded;
    }

    /** True when a part of the current request's body has not been read. */
    public boolean hasUnreadBody() {
        return framing.hasUnreadBody();
    }

    /**
     * Notes that the client has shown a known key or an operator's password.
     *
     * @throws CloseConnectionException when its address has too many connections of such clients
     */
    public void recognize() {
        ClientAddress place = address;
        if (standing == Standing.KNOWN || place == null) {
            return;
        }
        if (!connections.recognize(place)) {
            throw refused(FramingFault.CROWDED, CutReason.CROWDED);
        }
        standing = Standing.KNOWN;
    }

    /** The {@code Origin} of the current request, or null. */
    public @Nullable String origin() {
        return origin;
    }

    /** True when the current request is HTTP/1.0, whose response must not be chunked. */
    boolean isHttp10() {
        return http10;
    }

    /** Notes that the connection now speaks another protocol than HTTP. */
    public void switchProtocol() {
        framing.switchProtocol();
    }

    /** Notes that a message of the other protocol has begun. The rest of it is due now. */
    public void awaitMessage() {
        phase.await(Awaiting.BODY);
    }

    /** Notes that the message is complete. The next one may take any time to come. */
    public void messageCame() {
        phase.await(Awaiting.BYTES);
    }

    /** Notes that the close frame was sent. The client has a moment to read it. */
    public void awaitEnd() {
        phase.linger();
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        if (!connections.open(this)) {
            refuse(FramingFault.FULL, CutReason.CROWDED);
            return;
        }
        try {
            if (peer != null && !isFromProxy()) {
                enter(peer);
            }
            ScopedValue.where(CURRENT, this).call(() -> served(limit));
        } finally {
            linger();
            leave();
            connections.close(this);
        }
    }

    private @Nullable Void served(Limit limit) throws InterruptedException {
        http.handle(limit);
        return null;
    }

    private void enter(ClientAddress place) {
        if (!connections.enter(place, this)) {
            throw refused(FramingFault.CROWDED, CutReason.CROWDED);
        }
        address = place;
        standing = Standing.STRANGER;
    }

    private void leave() {
        ClientAddress place = address;
        if (place != null) {
            connections.leave(place, standing);
            address = null;
        }
    }

    /** The next bytes for Helidon's reader, or null at the end. */
    byte @Nullable [] next() {
        try {
            return framing.next();
        } catch (FramingException e) {
            throw refused(e.fault(), CutReason.FRAMING);
        }
    }

    private CloseConnectionException refused(FramingFault fault, CutReason reason) {
        refuse(fault, reason);
        return new CloseConnectionException(fault.message());
    }

    /** Sends an error, unless a response has begun. */
    private void refuse(FramingFault fault, CutReason reason) {
        connections.count(reason);
        refuse(fault);
    }

    private void refuse(FramingFault fault) {
        // A response before the TLS handshake would wait for the handshake.
        if (answering || phase.awaiting() == Awaiting.BYTES || (plain.isSecure() && !heard)) {
            return;
        }
        try {
            write(() -> plain.dataWriter().writeNow(BufferData.create(answer(fault))));
        } catch (RuntimeException left) {
            // The client is gone.
            answering = true;
        }
    }

    /** Any thread may call this. */
    private byte[] answer(FramingFault fault) {
        return ScopedValue.where(CURRENT, this).call(() -> errors.answer(fault, origin));
    }

    /** Runs a write of a response, within the time that a client may take to read it. */
    void write(Runnable write) {
        answering = true;
        interim(write);
    }

    /** Runs a write of an interim response: 100 Continue. */
    void interim(Runnable write) {
        written = true;
        writing.begin();
        try {
            write.run();
        } catch (RuntimeException e) {
            writing.end();
            throw e;
        }
        if (!writing.end()) {
            throw new UncheckedIOException(
                    new SocketTimeoutException("the client did not read its response"));
        }
    }

    /** The bytes of the connection, as the framing reads them. */
    private final class Incoming implements RequestFraming.FramingInput {
        @Override
        public byte @Nullable [] read() {
            return ClientConnection.this.read();
        }

        @Override
        public void await(Awaiting what) {
            if (what == Awaiting.REQUEST && isFromProxy()) {
                leave();
            }
            phase.await(what);
        }

        @Override
        public void refused(byte[] head) {
            origin = RequestHead.originIn(head);
        }

        @Override
        public void began(RequestHead head) {
            phase.served();
            answering = false;
            http10 = head.form() == RequestHead.Form.HTTP_1_0;
            origin = head.origin();
            if (isFromProxy()) {
                var client = connections.proxies().client(head.forwardedFor());
                client.ifPresent(ClientConnection.this::enter);
            }
        }
    }

    private boolean isFromProxy() {
        return peer != null && connections.proxies().contains(peer.address());
    }

    private byte @Nullable [] read() {
        reading.begin();
        byte[] bytes;
        try {
            bytes = plain.serverSocket().get();
        } catch (UncheckedIOException e) {
            reading.end();
            throw new CloseConnectionException("the connection broke", e);
        } catch (RuntimeException e) {
            reading.end();
            throw e;
        }
        if (!reading.end()) {
            throw new CloseConnectionException("the client was too slow");
        }
        heard = true;
        phase.arrived(bytes == null ? 0 : bytes.length);
        return bytes;
    }

    /** Reads the rest of a refused body, since a reset could destroy the unread response. */
    private void linger() {
        if (!framing.hasUnreadBody() && !framing.hasFailed()) {
            return;
        }
        phase.linger();
        try {
            boolean open = true;
            while (open && phase.bytes() < MOST_LINGER_BYTES) {
                open = skip();
            }
        } catch (RuntimeException gone) {
            // The connection has ended, so there is nothing more to read.
            phase.await(Awaiting.REQUEST);
        }
    }

    /** Reads a piece of the rest; false at its end. */
    private boolean skip() {
        if (framing.hasFailed()) {
            return read() != null;
        }
        return framing.hasUnreadBody() && framing.next() != null;
    }

    // The thread that watches for slow connections calls the methods below.

    /** Ends a read or write that has taken too long. */
    void look(long now) {
        long read = reading.runningNanos(now);
        if (read >= 0) {
            CutReason why = phase.overdue(connections.limits(), now, read);
            if (why != null) {
                cut(why);
            }
        }
        if (writing.runningNanos(now) > connections.limits().silence().toNanos()
                && writing.cut(() -> {})) {
            connections.cut(CutReason.SLOW_READER, address(), 0);
        }
    }

    private void cut(CutReason why) {
        if (phase.isLingering()) {
            reading.cut(() -> connections.count(why));
            return;
        }
        long came = phase.bytes();
        boolean cut =
                canBeTold()
                        ? reading.cut(() -> refuse(FramingFault.TOO_SLOW), teller())
                        : reading.cut(() -> {});
        if (cut) {
            connections.cut(why, address(), came);
        }
    }

    /** True when a request has begun and its response has not. */
    private boolean canBeTold() {
        Awaiting awaiting = phase.awaiting();
        return (awaiting == Awaiting.HEAD || awaiting == Awaiting.BODY) && !answering;
    }

    /** The executor of errors, since the watching thread must never wait for a client. */
    private Executor teller() {
        return written || plain.isSecure()
                ? telling -> Thread.ofVirtual().start(telling)
                : Runnable::run;
    }

    /** Ends the connection to make room for another; false when it is in use again. */
    boolean evict() {
        long came = phase.bytes();
        boolean cut = reading.cut(() -> {});
        if (cut) {
            connections.cut(CutReason.EVICTED, address(), came);
        }
        return cut;
    }

    /** True when the client has shown no known key and keeps the connection waiting. */
    boolean isWaitingStranger() {
        return (standing == Standing.STRANGER || phase.isLingering())
                && isReading()
                && phase.awaiting() != Awaiting.BYTES;
    }

    /** True when the client is known and the connection only waits for its next request. */
    boolean isIdle() {
        return standing == Standing.KNOWN && phase.awaiting() == Awaiting.REQUEST && isReading();
    }

    private boolean isReading() {
        return reading.runningNanos(System.nanoTime()) >= 0;
    }

    long waitingSinceNanos() {
        return phase.startNanos();
    }

    // Helidon calls the methods below.

    @Override
    public boolean canInterrupt() {
        return http instanceof InterruptableTask<?> task && task.canInterrupt();
    }

    /** The idle time of another protocol; zero for HTTP, which is watched here. */
    @Override
    public Duration idleTime() {
        return phase.awaiting() == Awaiting.BYTES ? http.idleTime() : Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
        http.close(interrupt);
    }
}
