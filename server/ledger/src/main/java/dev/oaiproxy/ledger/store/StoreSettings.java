package dev.oaiproxy.ledger.store;

import dev.oaiproxy.base.metrics.Metrics;
import dev.oaiproxy.ledger.store.node.NodeDescription;
import dev.oaiproxy.ledger.store.sql.Database;
import java.nio.file.Path;
import java.time.ZoneId;

/**
 * The place of a store's data, and its calendar.
 *
 * @param database the database; its tables are made at the first start
 * @param spool the file for charges that the database cannot take
 * @param zone the time zone in which days, weeks and months begin
 * @param nodeDescription the description of this node that the others read
 * @param metrics counts the calls that end here
 */
public record StoreSettings(
        Database database,
        Path spool,
        ZoneId zone,
        NodeDescription nodeDescription,
        Metrics metrics) {
    /** Settings with metrics that nobody reads. */
    public StoreSettings(
            Database database, Path spool, ZoneId zone, NodeDescription nodeDescription) {
        this(database, spool, zone, nodeDescription, new Metrics());
    }

    /** Settings of a node that publishes no description. */
    public StoreSettings(Database database, Path spool, ZoneId zone) {
        this(database, spool, zone, NodeDescription.BLANK);
    }

    /** Settings for a database in a file. */
    public StoreSettings(Path database, Path spool, ZoneId zone) {
        this(Database.file(database), spool, zone);
    }
}
