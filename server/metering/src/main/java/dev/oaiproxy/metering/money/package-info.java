/**
 * Amounts of money, exact to the nano-dollar.
 *
 * <p>Entry type: {@code Usd}. Nothing here rounds; the one rounding is the pricer's. It must never
 * use a floating-point number.
 */
@NullMarked
package dev.oaiproxy.metering.money;

import org.jspecify.annotations.NullMarked;
