/**
 * Finds the greatest length of a recording, reading its bytes as a decoder must.
 *
 * <p>Entry type: {@code Recording}. A header can lie, so lengths come from the frames, packets and
 * samples in the file. The claim of a header counts only if it is larger. It must never decode
 * sound, keep a copy of a recording, or give less than a decoder would find.
 */
@NullMarked
package dev.oaiproxy.metering.recording;

import org.jspecify.annotations.NullMarked;
