/**
 * The facts of a request that bear on its cost.
 *
 * <p>Entry type: {@code RequestFacts}. It must never read a body.
 */
@NullMarked
package dev.oaiproxy.metering.request.facts;

import org.jspecify.annotations.NullMarked;
