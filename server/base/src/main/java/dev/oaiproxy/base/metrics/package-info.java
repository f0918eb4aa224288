/**
 * The metrics of a running server for Prometheus: counts, amounts and times, of all users together.
 *
 * <p>Entry type: {@code Metrics}; {@code Metric} lists all there are. Inside, money is counted in
 * whole nano-dollars. No label may name a user or a key, and no client may be able to make a label:
 * it comes from the price book, the catalogue or the code, and there is a bound all the same.
 */
@NullMarked
package dev.oaiproxy.base.metrics;

import org.jspecify.annotations.NullMarked;
