/** The WebSockets of the realtime API: conversations, transcriptions and translations. */
@NullMarked
package dev.oaiproxy.sandbox.realtime;

import org.jspecify.annotations.NullMarked;
