/**
 * Work that runs again and again in the background.
 *
 * <p>Entry type: {@code PeriodicTask}. It knows nothing of what its tasks do.
 */
@NullMarked
package dev.oaiproxy.base.schedule;

import org.jspecify.annotations.NullMarked;
