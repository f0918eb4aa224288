/**
 * Reads the facts of a request that bear on its cost, on whose objects it uses, and on its edits.
 *
 * <p>Entry types: {@code RequestScanner} reads the facts, {@code ReferenceScanner} the objects that
 * a request names, {@code IdScanner} the ids that a response hands out. It must never re- serialise
 * a body.
 */
@NullMarked
package dev.oaiproxy.metering.request;

import org.jspecify.annotations.NullMarked;
