package dev.oaiproxy.metering.catalogue;

/**
 * An object of OpenAI's that a request uses.
 *
 * @param param the member that names it
 */
public record Reference(String param, ObjectKind kind, String id) {}
