/**
 * The servers on one database: {@link dev.oaiproxy.app.cluster.NodeConsistency} finds versions,
 * price books, settings and clocks that differ between them. It only compares and never changes a
 * node.
 */
@NullMarked
package dev.oaiproxy.app.cluster;

import org.jspecify.annotations.NullMarked;
