package dev.oaiproxy.cli;

import dev.oaiproxy.api.AdminApi;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers of the admin API, as a server would give them. */
public final class SampleAnswers {
    private SampleAnswers() {}

    public static AdminApi.Quota quota(String scope) {
        return new AdminApi.Quota(
                scope,
                "5",
                "total",
                "1.25",
                "0.000125",
                "3.749875",
                null,
                null,
                null,
                null,
                List.of(),
                null,
                null);
    }

    public static AdminApi.Key key(String id, String user) {
        return new AdminApi.Key(
                id,
                user,
                "laptop",
                "active",
                "2026-11-01T00:00:00.000Z",
                null,
                List.of(),
                quota("key:" + id),
                null);
    }

    public static AdminApi.Call call(String id, String state, String cost) {
        return new AdminApi.Call(
                id,
                "2026-11-01T00:00:00.000Z",
                "bob",
                "k1",
                "chat/completions",
                "gpt-4o-mini",
                state,
                null,
                12,
                34,
                "0.01",
                cost,
                "2026-11",
                null);
    }

    public static AdminApi.Usage usage(List<AdminApi.UsageRow> rows) {
        var total = new AdminApi.UsageRow(Map.of(), 3, 1_200, 0, 340, "12.000204", "60.00");
        return new AdminApi.Usage(
                "2026-11-01T00:00:00.000Z",
                "2026-11-08T00:00:00.000Z",
                List.of("user", "model"),
                rows,
                total,
                null);
    }

    /** The group of a row of a usage report by user and model. */
    public static Map<String, String> group(String user, String model) {
        var group = new LinkedHashMap<String, String>();
        group.put("user", user);
        group.put("model", model);
        return group;
    }

    public static AdminApi.CallDetail detail(String id) {
        return new AdminApi.CallDetail(
                call(id, "charged", "0.0000222"),
                "standard",
                200,
                "2026-11-01T00:00:01.000Z",
                null,
                List.of(
                        new AdminApi.ChargeLine("input", 12, "0.15", 1_000_000, "0.0000018"),
                        new AdminApi.ChargeLine("output", 34, "0.60", 1_000_000, "0.0000204")),
                "{\"model\":\"gpt-4o-mini\"}",
                true,
                null,
                false);
    }
}
