package dev.oaiproxy.ledger.ledger;

/**
 * The operator who changes something, for the audit trail.
 *
 * @param name the operator's user name
 * @param source the address that the request came from
 */
public record Actor(String name, String source) {}
