/**
 * The cost of a call, and the most that it can cost.
 *
 * <p>Entry type: {@code Pricer}, which applies the price of a model to a usage or to a request. The
 * one rounding of money is here. It must never take a unit without a rate for free.
 */
@NullMarked
package dev.oaiproxy.metering.price;

import org.jspecify.annotations.NullMarked;
