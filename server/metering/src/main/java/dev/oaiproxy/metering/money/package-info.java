/**
 * Money, and the units that OpenAI bills.
 *
 * <p>Entry types: {@code Usd}, an exact amount, and {@code Usage}, counts of disjoint units. It
 * must never use floating point.
 */
@NullMarked
package dev.oaiproxy.metering.money;

import org.jspecify.annotations.NullMarked;
