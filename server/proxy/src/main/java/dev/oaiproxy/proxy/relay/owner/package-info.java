/**
 * Keeps each user's objects at OpenAI from all other users.
 *
 * <p>Entry types: {@code Ownership} looks up the owner of an object, {@code ObjectRecorder} records
 * the owner before the user receives the id. It must never trust an id that it has not looked up.
 */
@NullMarked
package dev.oaiproxy.proxy.relay.owner;

import org.jspecify.annotations.NullMarked;
