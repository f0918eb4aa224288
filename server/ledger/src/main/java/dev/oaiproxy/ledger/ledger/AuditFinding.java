package dev.oaiproxy.ledger.ledger;

/**
 * One thing in the books that does not hold.
 *
 * @param rule what should hold
 * @param where the row, account or roll-up
 */
public record AuditFinding(String rule, String where, String expected, String found) {}
