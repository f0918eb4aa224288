/**
 * The HTTP client for OpenAI, and the only place that connects to it.
 *
 * <p>Entry type: {@code Upstream}, which {@code HttpUpstream} implements. Bytes pass in both
 * directions unchanged, as soon as they arrive. This package holds OpenAI's secret. It must never
 * log, interpret a body, or send a request twice once a byte of a response has arrived.
 */
@NullMarked
package dev.oaiproxy.proxy.upstream;

import org.jspecify.annotations.NullMarked;
