/**
 * Finds the greatest length of a recording, reading its bytes as a decoder must.
 *
 * <p>Entry type: {@code Recording}. A header can lie, so lengths come from what is decoded: frames,
 * packets and samples that are there; what a header claims counts only where it is more. It must
 * never decode sound, keep a copy of a recording, or give less than a decoder would find.
 */
@NullMarked
package dev.oaiproxy.metering.recording;

import org.jspecify.annotations.NullMarked;
