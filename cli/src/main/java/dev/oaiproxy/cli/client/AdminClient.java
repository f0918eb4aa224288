package dev.oaiproxy.cli.client;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.api.SetupRequest;
import dev.oaiproxy.cli.client.Transport.ApiRequest;
import dev.oaiproxy.cli.output.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The admin API, a method for each of its requests. Each throws {@link Failure} when the server is
 * not there, does not know us, or refuses.
 */
public final class AdminClient {
    /** Checking the books of years reads every call. */
    private static final Duration AUDIT_PATIENCE = Duration.ofMinutes(30);

    /** Longer than the server takes before it says itself that a report takes too long. */
    private static final Duration REPORT_PATIENCE = Duration.ofMinutes(2);

    /** The server tries the database and OpenAI before it answers. */
    private static final Duration SETUP_PATIENCE = Duration.ofMinutes(1);

    /** A server refuses to give many more calls at once. */
    private static final int LARGEST_PAGE = 200;

    private final Transport transport;

    public AdminClient(AdminEndpoint endpoint) {
        this.transport = new Transport(endpoint);
    }

    public AdminApi.SetupResult begin(SetupRequest setup) {
        var request = new ApiRequest("POST", AdminApi.SETUP, setup, SETUP_PATIENCE);
        return transport.call(request, AdminApi.SetupResult.class);
    }

    public AdminApi.Status status() {
        return transport.call(read(AdminApi.STATUS), AdminApi.Status.class);
    }

    public Page<AdminApi.User> users(int limit) {
        return pages(AdminApi.USERS, Query.none(), limit, AdminApi.User.class);
    }

    public Page<AdminApi.Key> keys(Query query, int limit) {
        return pages(AdminApi.KEYS, query, limit, AdminApi.Key.class);
    }

    public AdminApi.Key key(String id) {
        return transport.call(read(keyPath(id)), AdminApi.Key.class);
    }

    public AdminApi.CreatedKey create(AdminApi.KeyRequest order) {
        return transport.call(
                ApiRequest.of("POST", AdminApi.KEYS, order), AdminApi.CreatedKey.class);
    }

    public AdminApi.Key revoke(String id) {
        return transport.call(ApiRequest.of("DELETE", keyPath(id), null), AdminApi.Key.class);
    }

    public Page<AdminApi.Quota> quotas(int limit) {
        return pages(AdminApi.QUOTAS, Query.none(), limit, AdminApi.Quota.class);
    }

    public AdminApi.Quota quota(String scope) {
        return transport.call(read(quotaPath(scope)), AdminApi.Quota.class);
    }

    public AdminApi.Quota change(String scope, AdminApi.QuotaChange change) {
        return transport.call(
                ApiRequest.of("PATCH", quotaPath(scope), change), AdminApi.Quota.class);
    }

    public AdminApi.Usage usage(Query query) {
        String path = AdminApi.USAGE + query.text();
        var request = new ApiRequest("GET", path, null, REPORT_PATIENCE);
        return transport.call(request, AdminApi.Usage.class);
    }

    /** The newest calls, newest first, up to a limit. */
    public Page<AdminApi.Call> calls(Query query, int limit) {
        Query bounded = query.with("limit", Math.min(limit, LARGEST_PAGE));
        return pages(AdminApi.CALLS, bounded, limit, AdminApi.Call.class);
    }

    /** The changes of administrators that pass the filters of a query, newest first. */
    public Page<AdminApi.AdminEvent> events(Query query, int limit) {
        Query bounded = query.with("limit", Math.min(limit, LARGEST_PAGE));
        return pages(AdminApi.EVENTS, bounded, limit, AdminApi.AdminEvent.class);
    }

    public AdminApi.CallDetail call(String id) {
        return transport.call(read(callPath(id)), AdminApi.CallDetail.class);
    }

    public AdminApi.Call adjust(String id, AdminApi.Adjustment adjustment) {
        return transport.call(
                ApiRequest.of("POST", callPath(id) + "/adjustments", adjustment),
                AdminApi.Call.class);
    }

    /** The price book, or one model of it. */
    public AdminApi.PriceList prices(@Nullable String model) {
        String query = Query.none().with("model", model).text();
        return transport.call(read(AdminApi.PRICES + query), AdminApi.PriceList.class);
    }

    public AdminApi.AuditReport audit() {
        var request = new ApiRequest("GET", AdminApi.AUDIT, null, AUDIT_PATIENCE);
        return transport.call(request, AdminApi.AuditReport.class);
    }

    /** Follows a list from page to page until it ends or there are enough. */
    private <T> Page<T> pages(String path, Query query, int limit, Class<T> type) {
        List<T> found = new ArrayList<>();
        @Nullable String after = null;
        do {
            String from = path + query.with("after", after).text();
            Page<T> page = transport.page(read(from), type);
            found.addAll(page.data());
            // An empty page with a next page would be followed endlessly.
            after = page.data().isEmpty() ? null : page.next();
        } while (after != null && found.size() < limit);
        boolean more = found.size() > limit;
        return more
                ? new Page<>(List.copyOf(found.subList(0, limit)), after)
                : new Page<>(List.copyOf(found), after);
    }

    private static ApiRequest read(String path) {
        return ApiRequest.of("GET", path, null);
    }

    private static String keyPath(String id) {
        return AdminApi.KEYS + "/" + Query.encoded(id);
    }

    private static String quotaPath(String scope) {
        return AdminApi.QUOTAS + "/" + Query.encoded(scope);
    }

    private static String callPath(String id) {
        return AdminApi.CALLS + "/" + Query.encoded(id);
    }
}
