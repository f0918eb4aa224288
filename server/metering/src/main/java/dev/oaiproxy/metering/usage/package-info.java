/**
 * Reads the usage of a response as its bytes pass.
 *
 * <p>Entry type: {@code Taps}, which makes the {@code Tap} that all bytes of a response pass on
 * their way to the client. A tap understands the few bytes that carry usage and gives disjoint
 * counts; {@code BatchOutputReader} does so for the output file of a batch. It must never price
 * anything, and never keep more of a response than one event, except for a transcript that is
 * converted to another format.
 */
@NullMarked
package dev.oaiproxy.metering.usage;

import org.jspecify.annotations.NullMarked;
