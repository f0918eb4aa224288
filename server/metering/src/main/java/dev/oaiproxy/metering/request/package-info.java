/**
 * Reads the facts of a request that bear on its cost, on the ownership of its objects, and on its
 * edits.
 *
 * <p>Entry types: {@code RequestScanner} reads the facts, {@code ReferenceScanner} the objects that
 * a request names, {@code IdScanner} the ids in a response. It must never re-serialise a body.
 */
@NullMarked
package dev.oaiproxy.metering.request;

import org.jspecify.annotations.NullMarked;
