/**
 * What a call costs, and what it can cost at most.
 *
 * <p>Entry type: {@code PriceBook}, which is read from a file and finds the price of a model at a
 * moment, and which {@code Prices} keeps up to date; {@code Pricer} applies it to a usage or to a
 * request. The one rounding of money is here. It must never guess a price from a name that only
 * looks alike, and never take a unit without a rate for free.
 */
@NullMarked
package dev.oaiproxy.metering.price;

import org.jspecify.annotations.NullMarked;
