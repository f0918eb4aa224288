package dev.oaiproxy.ledger.ledger;

/**
 * Who changes something as an administrator, for the audit trail.
 *
 * @param name the administrator's user name
 * @param source the address that the change came from
 */
public record Actor(String name, String source) {}
