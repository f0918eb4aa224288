package dev.oaiproxy.server.admin;

import dev.oaiproxy.api.AdminApi.Status;
import java.util.function.Supplier;

/**
 * What is behind the door once the server has been set up.
 *
 * @param guard checks the administrator's password
 * @param status tells how the server is
 */
public record Desks(
        Guard guard,
        KeysDesk keys,
        QuotasDesk quotas,
        UsageDesk usage,
        CallsDesk calls,
        PricesDesk prices,
        Supplier<Status> status) {}
