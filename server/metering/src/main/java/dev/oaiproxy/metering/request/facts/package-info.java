/**
 * What a request says that bears on its cost.
 *
 * <p>Entry type: {@code RequestFacts}. It must never read a body.
 */
@NullMarked
package dev.oaiproxy.metering.request.facts;

import org.jspecify.annotations.NullMarked;
