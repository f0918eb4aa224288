/**
 * The operations of the OpenAI API, as {@code operations.yaml} lists them, and the meter of each.
 *
 * <p>Entry types: {@code Catalogue}, which finds the operation of a method and a path, and {@code
 * Meter}, whose values state everything about an operation that bears on its cost. An operation
 * that is not listed is refused. It must never look into a body itself.
 */
@NullMarked
package dev.oaiproxy.metering.operation;

import org.jspecify.annotations.NullMarked;
