/**
 * The objects that OpenAI keeps for a user: files, responses, vector stores and others.
 *
 * <p>Entry type: {@code ObjectKind}. It must never know the owner of an object.
 */
@NullMarked
package dev.oaiproxy.metering.object;

import org.jspecify.annotations.NullMarked;
