package dev.oaiproxy.ledger.ledger;

/**
 * A rule that the books break.
 *
 * @param rule the rule
 * @param where the row, account or roll-up
 */
public record AuditFinding(String rule, String where, String expected, String found) {}
