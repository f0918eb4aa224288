/**
 * The operations of the OpenAI API, as {@code operations.yaml} lists them, and how each is metered.
 *
 * <p>Entry types: {@code Catalogue}, which finds the operation of a method and a path, and {@code
 * Meter}, whose values say all about an operation that bears on its cost. An operation that is not
 * listed is refused. It must never look into a body itself.
 */
@NullMarked
package dev.oaiproxy.metering.operation;

import org.jspecify.annotations.NullMarked;
