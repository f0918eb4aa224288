/**
 * What is done again and again while the server runs.
 *
 * <p>Entry type: {@code Rounds}, a thread that looks from time to time. It must never know what it
 * is that it does.
 */
@NullMarked
package dev.oaiproxy.base.rounds;

import org.jspecify.annotations.NullMarked;
