/**
 * Keeps what OpenAI stores for one user from all others.
 *
 * <p>Entry types: {@code Ownership} looks up whose an object is, {@code ObjectRecorder} writes it
 * down before its user has it. It must never trust an id that it has not looked up.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.owner;

import org.jspecify.annotations.NullMarked;
