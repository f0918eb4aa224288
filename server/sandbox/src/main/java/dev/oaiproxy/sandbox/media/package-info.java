/** Images, speech, transcriptions and translations of sound. */
@NullMarked
package dev.oaiproxy.sandbox.media;

import org.jspecify.annotations.NullMarked;
