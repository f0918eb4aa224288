/**
 * The log: how a line is written, how often, and which events are alarms.
 *
 * <p>Entry type: {@code LogSetup}, which puts {@code LineFormatter} in front of what writes the log
 * and bounds what the HTTP server says of its clients. {@code LimitedLog} writes events that a
 * client can cause as often as it likes, at most once a second each, with their number. It must
 * never write a secret, and no value may look like another line or another field.
 */
@NullMarked
package dev.oaiproxy.proxy.log;

import org.jspecify.annotations.NullMarked;
