/**
 * The usage object of a response, in all forms that OpenAI gives it.
 *
 * <p>Entry type: {@code UsageResult}, which {@code UsageObject} makes of the counts that it has
 * read and checked. Counts that contradict each other give no usage. It must never guess a count.
 */
@NullMarked
package dev.oaiproxy.metering.usage.object;

import org.jspecify.annotations.NullMarked;
