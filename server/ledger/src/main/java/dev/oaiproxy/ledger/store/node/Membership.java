package dev.oaiproxy.ledger.store.node;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallIds;
import dev.oaiproxy.ledger.store.connection.DatabaseClock;
import dev.oaiproxy.ledger.store.sql.Database;
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
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * This process as a node of its database. A process that stood still for too long is declared dead:
 * from then on it is admitted no call, the calls that it ends have ended already, and as soon as it
 * notices it continues under a new number.
 */
public final class Membership {
    private static final Logger LOG = System.getLogger(Membership.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String NEWEST = "SELECT MAX(id) FROM calls";

    private final Writer writer;
    private final DatabaseClock clock;

    /** True when nobody else can use the database, because it is a locked file. */
    private final boolean alone;

    private final Path note;
    private final String zone;
    private final NodeDescription description;
    private final HeartbeatSettings heartbeatSettings;
    private final CallIds ids;
    private volatile NodeId nodeId = new NodeId(0, 0);
    private volatile boolean alive;
    private long steadySince;

    /**
     * @param note the file in which a process writes down its incarnation, for the next process
     *     with its folder, which knows that this one is gone
     * @param zone the calendar, which all nodes must share
     */
    public Membership(
            Writer writer,
            DatabaseClock clock,
            HeartbeatSettings heartbeatSettings,
            Database database,
            Path note,
            ZoneId zone,
            NodeDescription description) {
        this.writer = writer;
        this.clock = clock;
        this.heartbeatSettings = heartbeatSettings;
        this.alone = !database.isShared();
        this.note = note;
        this.zone = zone.getId();
        this.description = description;
        this.ids = new CallIds(clock, 0);
    }

    /** Makes the numbers of calls, with the present number of this node. */
    public CallIds ids() {
        return ids;
    }

    public NodeId place() {
        return nodeId;
    }

    public boolean isAlive() {
        return alive;
    }

    /** The interval between heartbeats. */
    public Duration beatInterval() {
        return heartbeatSettings.beat();
    }

    public boolean isAlone() {
        return alone;
    }

    /** Marks as dead the nodes that are known to be gone, so that their calls can be ended. */
    public void markDeadNodes() {
        Optional<Long> before = noted();
        writer.write(
                tx -> {
                    if (alone) {
                        Nodes.markAllDead(tx);
                    } else if (before.isPresent()) {
                        Nodes.markDead(tx, before.get());
                    }
                    Nodes.addUnknown(tx);
                    return true;
                });
    }

    /** The result of taking a number. */
    private record Joined(NodeId nodeId, DatabaseClock.Reading reading, long newest) {}

    /**
     * Takes a node number.
     *
     * @throws StoreException when none is free, or a live node has another time zone
     */
    public void join() {
        Nodes.Arrival arrival = new Nodes.Arrival(RANDOM.nextLong(), label(), zone, description);
        Joined joined = writer.write(tx -> join(tx, arrival));
        follow(joined.reading());
        ids.moveTo(
                joined.nodeId().number(),
                joined.newest() == 0 ? null : new CallId(joined.newest()));
        nodeId = joined.nodeId();
        steadySince = joined.reading().now();
        alive = true;
        note(arrival.incarnation());
        LOG.log(
                Level.INFO,
                "event=node_joined node={0} label=\"{1}\"",
                Integer.toString(nodeId.number()),
                arrival.label());
    }

    private Joined join(Tx tx, Nodes.Arrival arrival) throws SQLException {
        DatabaseClock.Reading reading = clock.read(tx);
        long aliveSince = reading.now() - heartbeatSettings.death().toMillis();
        Optional<String> other = Nodes.otherZone(tx, zone, aliveSince);
        if (other.isPresent()) {
            throw StoreException.undone(
                    "quota.time-zone is %s here and %s; nodes of one database must have the same"
                                    .formatted(zone, other.get())
                            + " days");
        }
        NodeId taken = Nodes.take(tx, arrival, reading.now(), clock.ahead(reading));
        // Read under the lock, and after the number is ours, so nobody adds to its calls any more.
        return new Joined(taken, reading, tx.number(NEWEST));
    }

    /** The result of a heartbeat. */
    private record Beat(DatabaseClock.Reading reading, long steadySince, List<Nodes.Entry> dead) {}

    /**
     * Sends a heartbeat, and declares silent nodes dead. A node that has itself been declared dead
     * takes a new number.
     */
    public synchronized void beat() {
        NodeId mine = nodeId;
        long since = steadySince;
        String prices = description.prices().get();
        Optional<Beat> found = writer.write(tx -> beat(tx, mine, since, prices));
        if (found.isEmpty()) {
            alive = false;
            Alarms.raise(
                    LOG,
                    "node_was_dead",
                    "node={0}: it stood still for too long; its open calls"
                            + " were charged at their holds",
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

    /** Gives the number back. If that fails, the others find it dead after a while. */
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
            LOG.log(
                    Level.WARNING,
                    "event=node_not_released node={0} cause={1}",
                    Integer.toString(mine.number()),
                    e.toString());
        }
    }

    /** Brings the node's own row up to date where no heartbeats are sent. */
    public Node seen(Node node) {
        return alone && node.number() == nodeId.number()
                ? new Node(
                        node.number(),
                        node.label(),
                        node.version(),
                        node.settings(),
                        description.prices().get(),
                        node.startedAt(),
                        Instant.ofEpochMilli(clock.millis()),
                        Duration.ZERO,
                        node.held(),
                        true)
                : node;
    }

    /** Follows the database's clock, unless the database is a file that nobody else uses. */
    private void follow(DatabaseClock.Reading reading) {
        if (!alone && heartbeatSettings.databaseTime()) {
            clock.follow(reading);
        }
    }

    private Optional<Long> noted() {
        try {
            return Files.exists(note)
                    ? Optional.of(Long.parseLong(Files.readString(note).strip()))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            LOG.log(
                    Level.WARNING,
                    "event=node_file_not_read file={0} cause={1}",
                    note,
                    e.toString());
            return Optional.empty();
        }
    }

    private void note(long incarnation) {
        try {
            Files.writeString(note, incarnation + "\n");
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "event=node_file_not_written file={0} cause={1}",
                    note,
                    e.toString());
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
