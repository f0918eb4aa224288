/**
 * Reads what a response says was consumed, as its bytes pass.
 *
 * <p>Entry type: {@code Taps}, which makes the {@code Tap} that every byte of a response passes on
 * its way to the client. A tap understands the few bytes that carry usage and gives disjoint
 * counts; {@code BatchOutputReader} does so for the output file of a batch. It must never price
 * anything, and never keep more of a response than one event, but for a transcript that is turned
 * into another form.
 */
@NullMarked
package dev.oaiproxy.metering.usage;

import org.jspecify.annotations.NullMarked;
