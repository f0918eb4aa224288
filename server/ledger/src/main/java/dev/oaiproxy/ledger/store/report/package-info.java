/**
 * Reports for operators: calls, usage and the audit.
 *
 * <p>Entry types: {@code Calls}, {@code UsageReport}, {@code Audit}. It must never change a row,
 * except for a correction, which is a row of its own.
 */
@NullMarked
package dev.oaiproxy.ledger.store.report;

import org.jspecify.annotations.NullMarked;
