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

    /** How much of a refused body is read, so that its client comes to read the answer. */
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

    /** The one that this thread serves, if any. */
    public static Optional<ClientConnection> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Where the client of this thread is, for logs. */
    public static String currentAddress() {
        return current().map(ClientConnection::address).map(Object::toString).orElse("unknown");
    }

    /**
     * Where the client is: the other end of the connection, or, where that is a trusted proxy, who
     * it says that the present request came from.
     */
    public @Nullable ClientAddress address() {
        ClientAddress forwarded = address;
        return forwarded == null ? peer : forwarded;
    }

    /** Whether a part of the present request's body has not been read. */
    public boolean hasUnreadBody() {
        return framing.hasUnreadBody();
    }

    /**
     * Says that the client has shown a key that is known, or an operator's password.
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

    /** The page that a browser sends the present request for, as it says, or null. */
    public @Nullable String origin() {
        return origin;
    }

    /** Whether the present request is of HTTP/1.0, so that its answer must not be in chunks. */
    boolean isHttp10() {
        return http10;
    }

    /** From now on the connection speaks another protocol than HTTP. */
    public void switchProtocol() {
        framing.switchProtocol();
    }

    /** A message of that protocol has begun, and its rest is awaited. */
    public void awaitMessage() {
        phase.await(Awaiting.BODY);
    }

    /** It has come; the next may take its time. */
    public void messageCame() {
        phase.await(Awaiting.BYTES);
    }

    /** The last word has been said; what still comes is read for a moment, so that it is heard. */
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

    /** Bytes for Helidon's reader, or null at the end. */
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

    /** Answers by an error, unless an answer has begun. */
    private void refuse(FramingFault fault, CutReason reason) {
        connections.count(reason);
        refuse(fault);
    }

    private void refuse(FramingFault fault) {
        // An answer before the handshake of TLS would wait for that.
        if (answering || phase.awaiting() == Awaiting.BYTES || (plain.isSecure() && !heard)) {
            return;
        }
        try {
            write(() -> plain.dataWriter().writeNow(BufferData.create(answer(fault))));
        } catch (RuntimeException left) {
            // It cannot be told any more.
            answering = true;
        }
    }

    /** Another thread may tell it, too. */
    private byte[] answer(FramingFault fault) {
        return ScopedValue.where(CURRENT, this).call(() -> errors.answer(fault, origin));
    }

    /** Runs a write of an answer, within the time that its client may take to read it. */
    void write(Runnable write) {
        answering = true;
        interim(write);
    }

    /** The same for an answer that another one follows: 100 Continue. */
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
                    new SocketTimeoutException("the client did not read its answer"));
        }
    }

    /** What arrives, and what it is. */
    private final class Incoming implements RequestFraming.Source {
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

    /** Reads what is left of a refused body: a reset would take the answer from the client. */
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
            // Whatever else comes is nobody's.
            phase.await(Awaiting.REQUEST);
        }
    }

    /** Reads a piece of what nobody wants; false at its end. */
    private boolean skip() {
        if (framing.hasFailed()) {
            return read() != null;
        }
        return framing.hasUnreadBody() && framing.next() != null;
    }

    // What follows is asked by the thread that looks for slow connections.

    /** Ends the present read or write if it has taken too long. */
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

    /** Whether a request has begun, and no answer to it. */
    private boolean canBeTold() {
        Awaiting awaiting = phase.awaiting();
        return (awaiting == Awaiting.HEAD || awaiting == Awaiting.BODY) && !answering;
    }

    /** The thread that looks for slow connections must never wait for one to take its answer. */
    private Executor teller() {
        return written || plain.isSecure()
                ? telling -> Thread.ofVirtual().start(telling)
                : Runnable::run;
    }

    /** Makes room for another one; false when it is in use by now. */
    boolean evict() {
        long came = phase.bytes();
        boolean cut = reading.cut(() -> {});
        if (cut) {
            connections.cut(CutReason.EVICTED, address(), came);
        }
        return cut;
    }

    /** Whether nobody with a known key has been heard, and its client keeps it waiting. */
    boolean isWaitingStranger() {
        return (standing == Standing.STRANGER || phase.isLingering())
                && isReading()
                && phase.awaiting() != Awaiting.BYTES;
    }

    /** Whether it only waits for its next request. */
    boolean isIdle() {
        return standing == Standing.KNOWN && phase.awaiting() == Awaiting.REQUEST && isReading();
    }

    private boolean isReading() {
        return reading.runningNanos(System.nanoTime()) >= 0;
    }

    long waitingSinceNanos() {
        return phase.startNanos();
    }

    // What follows is asked by Helidon.

    @Override
    public boolean canInterrupt() {
        return http instanceof InterruptableTask<?> task && task.canInterrupt();
    }

    /** That of another protocol; connections of HTTP are looked after here. */
    @Override
    public Duration idleTime() {
        return phase.awaiting() == Awaiting.BYTES ? http.idleTime() : Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
        http.close(interrupt);
    }
}
