/**
 * The way to OpenAI, and the only place that opens a connection to it.
 *
 * <p>Entry type: {@code Upstream}; {@code SocketUpstream} is the one that serves. Bytes go out and
 * come back as they are, each as soon as it is there. This package holds OpenAI's secret. It must
 * never log, interpret a body, or send a request twice once a byte of an answer has arrived.
 */
@NullMarked
package dev.oaiproxy.proxy.upstream;

import org.jspecify.annotations.NullMarked;
