package dev.oaiproxy.ledger.store.node;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.store.connection.DatabaseClock;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.NodeId;
import dev.oaiproxy.ledger.store.write.Writer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * This process among those that share its database: the number that it has, and whether it still
 * has it. A process that stood still for too long is taken for dead; from then on it is admitted no
 * call, what it ends has ended already, and as soon as it notices it goes on under a new number.
 */
public final class Membership {
    private static final Logger LOG = System.getLogger(Membership.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String NEWEST = "SELECT MAX(id) FROM calls";

    private final Writer writer;
    private final DatabaseClock clock;
    private final Terms terms;
    private final HeartbeatSettings heartbeatSettings;
    private final CallIds ids;
    private volatile NodeId nodeId = new NodeId(0, 0);
    private volatile boolean alive;
    private long steadySince;

    /**
     * How a process comes to its database.
     *
     * @param alone whether nobody else can be there, for the database is a locked file
     * @param note the file in which it writes down who it was, for the next process that has its
     *     folder; that knows that this one is gone, since it has its lock
     */
    public record Terms(boolean alone, Path note, String zone, NodeDescription nodeDescription) {}

    public Membership(
            Writer writer, DatabaseClock clock, Terms terms, HeartbeatSettings heartbeatSettings) {
        this.writer = writer;
        this.clock = clock;
        this.terms = terms;
        this.heartbeatSettings = heartbeatSettings;
        this.ids = new CallIds(clock, 0);
    }

    /** The numbers of calls, under whatever number this process has. */
    public CallIds ids() {
        return ids;
    }

    public NodeId place() {
        return nodeId;
    }

    public boolean isAlive() {
        return alive;
    }

    HeartbeatSettings rhythm() {
        return heartbeatSettings;
    }

    public boolean isAlone() {
        return terms.alone();
    }

    /** Takes for gone whoever is known to be, so that what they left can be ended. */
    public void bury() {
        Optional<Long> before = noted();
        writer.write(
                tx -> {
                    if (terms.alone()) {
                        Nodes.markAllDead(tx);
                    } else if (before.isPresent()) {
                        Nodes.markDead(tx, before.get());
                    }
                    Nodes.addUnknown(tx);
                    return true;
                });
    }

    /** What came of taking a number. */
    private record Joined(NodeId nodeId, DatabaseClock.Reading reading, long newest) {}

    /**
     * Takes a number.
     *
     * @throws StoreException when there is none, or one that lives goes by another calendar
     */
    public void join() {
        Nodes.Arrival arrival =
                new Nodes.Arrival(
                        RANDOM.nextLong(), label(), terms.zone(), terms.nodeDescription());
        Joined joined = writer.write(tx -> join(tx, arrival));
        follow(joined.reading());
        ids.moveTo(
                joined.nodeId().number(),
                joined.newest() == 0 ? null : new CallId(joined.newest()));
        nodeId = joined.nodeId();
        steadySince = joined.reading().now();
        alive = true;
        note(arrival.incarnation());
        LOG.log(Level.INFO, "node={0} as={1}", nodeId.number(), arrival.label());
    }

    private Joined join(Tx tx, Nodes.Arrival arrival) throws SQLException {
        DatabaseClock.Reading reading = clock.read(tx);
        long aliveSince = reading.now() - heartbeatSettings.death().toMillis();
        Optional<String> other = Nodes.otherZone(tx, terms.zone(), aliveSince);
        if (other.isPresent()) {
            throw new StoreException(
                    "quota.time-zone is "
                            + terms.zone()
                            + " here and "
                            + other.get()
                            + "; nodes of one database must have the same days",
                    new IllegalStateException(),
                    true);
        }
        NodeId taken = Nodes.take(tx, arrival, reading.now(), clock.ahead(reading));
        // Read under the lock, and after the number is ours: nobody adds to its calls any more.
        return new Joined(taken, reading, tx.number(NEWEST));
    }

    /** What a sign of life has brought to light. */
    private record Beat(DatabaseClock.Reading reading, long steadySince, List<Nodes.Entry> dead) {}

    /**
     * Gives a sign of life, and takes for dead who has given none for long. One that has itself
     * been taken for dead takes a new number.
     */
    synchronized void beat() {
        NodeId mine = nodeId;
        long since = steadySince;
        String prices = terms.nodeDescription().prices().get();
        Optional<Beat> found = writer.write(tx -> beat(tx, mine, since, prices));
        if (found.isEmpty()) {
            alive = false;
            Alarms.raise(
                    LOG,
                    "node_was_dead",
                    "node={0}: it stood still too long; what it had not ended"
                            + " was charged at its hold",
                    mine.number());
            join();
            return;
        }
        Beat beat = found.get();
        follow(beat.reading());
        steadySince = beat.steadySince();
        for (Nodes.Entry dead : beat.dead()) {
            Alarms.raise(
                    LOG, "node_dead", "node={0} label={1}", dead.nodeId().number(), dead.label());
        }
    }

    private Optional<Beat> beat(Tx tx, NodeId mine, long since, String prices) throws SQLException {
        DatabaseClock.Reading reading = clock.read(tx);
        Optional<Long> last = Nodes.lastBeat(tx, mine);
        if (last.isEmpty()) {
            return Optional.empty();
        }
        long now = reading.now();
        long steady = heartbeatSettings.steady().toMillis();
        Nodes.beat(tx, mine, new Nodes.Sign(now, clock.ahead(reading), prices));
        long from = now - last.get() > steady ? now : since;
        List<Nodes.Entry> dead =
                now - from >= steady
                        ? Nodes.markSilentDead(tx, now - heartbeatSettings.death().toMillis())
                        : List.of();
        return Optional.of(new Beat(reading, from, dead));
    }

    /** Gives the number back. Failing that, it is found to be gone after a while. */
    public void leave() {
        NodeId mine = nodeId;
        alive = false;
        try {
            writer.write(
                    tx -> {
                        Nodes.leave(tx, mine);
                        return true;
                    });
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "node={0} not given back cause={1}", mine.number(), e);
        }
    }

    /** Its own row tells what it is now, where nobody else would want to know it is alive. */
    public Node seen(Node node) {
        return terms.alone() && node.number() == nodeId.number()
                ? new Node(
                        node.number(),
                        node.label(),
                        node.version(),
                        node.settings(),
                        terms.nodeDescription().prices().get(),
                        node.startedAt(),
                        Instant.ofEpochMilli(clock.millis()),
                        Duration.ZERO,
                        node.held(),
                        true)
                : node;
    }

    /** A file has nobody to agree with about the time. */
    private void follow(DatabaseClock.Reading reading) {
        if (!terms.alone() && heartbeatSettings.databaseTime()) {
            clock.follow(reading);
        }
    }

    private Optional<Long> noted() {
        try {
            return Files.exists(terms.note())
                    ? Optional.of(Long.parseLong(Files.readString(terms.note()).strip()))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            LOG.log(Level.WARNING, "{0} not read cause={1}", terms.note(), e.toString());
            return Optional.empty();
        }
    }

    private void note(long incarnation) {
        try {
            Files.writeString(terms.note(), incarnation + "\n");
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0} not written cause={1}", terms.note(), e.toString());
        }
    }

    private static String label() {
        try {
            String host = InetAddress.getLocalHost().getHostName();
            return host + ":" + ProcessHandle.current().pid();
        } catch (UnknownHostException e) {
            return "unknown:" + ProcessHandle.current().pid();
        }
    }
}
