/**
 * The usage object of a response, in all of OpenAI's forms.
 *
 * <p>Entry type: {@code UsageResult}, which {@code UsageObject} makes from the counts that it has
 * read and checked. Contradictory counts give no usage. It must never guess a count.
 */
@NullMarked
package dev.oaiproxy.metering.usage.object;

import org.jspecify.annotations.NullMarked;
