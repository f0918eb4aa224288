/**
 * The operations of the OpenAI API, as {@code operations.yaml} lists them.
 *
 * <p>Entry type: {@code Catalogue}, which finds the operation of a method and a path. An operation
 * that is not listed is refused. It must never look into a body.
 */
@NullMarked
package dev.oaiproxy.metering.operation;

import org.jspecify.annotations.NullMarked;
