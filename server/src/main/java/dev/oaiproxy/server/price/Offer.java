package dev.oaiproxy.server.price;

import java.util.List;

/**
 * What another price list says of one model.
 *
 * @param kind what its list takes it for
 * @param limits as far as its list knows them
 * @param sheets its rates by term, newest first
 */
record Offer(String name, List<String> aliases, Kind kind, Limits limits, List<Sheet> sheets) {}
