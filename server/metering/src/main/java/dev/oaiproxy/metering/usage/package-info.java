/**
 * What an answer says was consumed.
 *
 * <p>Entry type: {@code Taps}, which makes the {@code Tap} through which every byte of an answer
 * passes on its way to the client. A tap understands the few bytes that carry usage and gives
 * disjoint counts; {@code Readings} and {@code BatchLines} do so for what is fetched later. It must
 * never price anything, and never keep more of an answer than one event, but for a transcript that
 * is to be turned into another form.
 */
@NullMarked
package dev.oaiproxy.metering.usage;

import org.jspecify.annotations.NullMarked;
