/**
 * Work in the background, which runs again and again or as it comes.
 *
 * <p>Entry types: {@code PeriodicTask}, and {@code BatchQueue} for what nobody waits for. It knows
 * nothing of what its tasks do.
 */
@NullMarked
package dev.oaiproxy.base.schedule;

import org.jspecify.annotations.NullMarked;
