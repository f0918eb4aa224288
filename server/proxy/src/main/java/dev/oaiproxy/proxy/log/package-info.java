/**
 * The log of the process.
 *
 * <p>Entry type: {@code LogSetup}, which installs {@code LineFormatter} and bounds the HTTP
 * server's messages about its clients. {@code LimitedLog} writes events that a client can cause at
 * any rate, at most once a second each, with their number. It must never write a secret, and no
 * value may look like another line or another field.
 */
@NullMarked
package dev.oaiproxy.proxy.log;

import org.jspecify.annotations.NullMarked;
