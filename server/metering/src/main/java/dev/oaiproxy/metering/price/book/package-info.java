/**
 * The price book: the price of each model at each time.
 *
 * <p>Entry type: {@code PriceBook}, which is read from a file and finds the price of a model at a
 * moment; {@code Prices} keeps the one in force up to date. It must never guess a price from a
 * similar name.
 */
@NullMarked
package dev.oaiproxy.metering.price.book;

import org.jspecify.annotations.NullMarked;
