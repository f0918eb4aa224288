/**
 * The users' door: HTTP as OpenAI's SDKs speak it.
 *
 * <p>Entry type: {@code OpenAiDoor}. It finds the key in a header or in the path, hands the call to
 * the relay, and turns refusals into OpenAI's own errors, so that every SDK raises the exception
 * its users know. It must never let a key out again, in an answer, a log or a forwarded path.
 */
@NullMarked
package dev.oaiproxy.proxy.openai;

import org.jspecify.annotations.NullMarked;
