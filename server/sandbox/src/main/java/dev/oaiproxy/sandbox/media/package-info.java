/** Images, speech, transcriptions and translations of audio. */
@NullMarked
package dev.oaiproxy.sandbox.media;

import org.jspecify.annotations.NullMarked;
