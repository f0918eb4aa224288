/**
 * OpenAI's lists, as queries and pages.
 *
 * <p>Entry type: {@code ListQuery}. It must never ask OpenAI.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.list;

import org.jspecify.annotations.NullMarked;
