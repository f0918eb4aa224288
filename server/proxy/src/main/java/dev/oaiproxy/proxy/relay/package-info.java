/**
 * One call on its way from the client to OpenAI and back, on one page.
 *
 * <p>Entry type: {@code Relay}, which hands a request to the planner, asks the quota, and lets one
 * of the packages below carry it. It must never speak HTTP or SQL.
 */
@NullMarked
package dev.oaiproxy.proxy.relay;

import org.jspecify.annotations.NullMarked;
