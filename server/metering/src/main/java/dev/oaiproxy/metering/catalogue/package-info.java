/**
 * The OpenAI API as data: which operations exist and how each one is metered.
 *
 * <p>Entry type: {@code Catalogue}. An operation that is not listed is refused. Requests are read
 * here for the few fields that bear on money, and edited by splicing bytes. It must never
 * re-serialise a body.
 */
@NullMarked
package dev.oaiproxy.metering.catalogue;

import org.jspecify.annotations.NullMarked;
