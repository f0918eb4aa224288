/**
 * Decides the treatment of a request before anything is spent.
 *
 * <p>Entry type: {@code RequestPlanner}, which finds key, operation, facts, owners and price, and
 * gives a {@code Plan} or a refusal. It must never call OpenAI for anything but a free look at an
 * input file.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.plan;

import org.jspecify.annotations.NullMarked;
