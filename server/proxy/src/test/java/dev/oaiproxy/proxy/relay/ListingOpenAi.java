package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An OpenAI with one paged list of objects, which answers any other request with an object of the
 * next id.
 */
final class ListingOpenAi {
    private final List<String> ids;
    private final List<String> asked = new ArrayList<>();
    private int made;

    ListingOpenAi(List<String> ids) {
        this.ids = List.copyOf(ids);
    }

    ScriptedOpenAi played() {
        return new ScriptedOpenAi(this::answer);
    }

    /** The received requests, each as method, path and query. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    void forgetAsked() {
        asked.clear();
    }

    /** An element in an unusual format, to show that it is passed on unchanged. */
    static String element(String id) {
        return "{ \"object\":\"thing\",\"n\":1.0e2,\"n\":\"\\u00e9\", \"id\" :\"" + id + "\"}";
    }

    private UpstreamResponse answer(UpstreamRequest upstreamRequest) {
        asked.add(upstreamRequest.method() + " " + upstreamRequest.pathAndQuery());
        String[] parts = upstreamRequest.pathAndQuery().split("\\?", 2);
        boolean list = upstreamRequest.method().equals("GET") && parts[0].lastIndexOf('/') == 0;
        String body =
                list || parts[0].equals("/chat/completions") || parts[0].equals("/fine_tuning/jobs")
                        ? page(parts.length == 1 ? "" : parts[1])
                        : "{\"id\":\"made-%d\"}".formatted(++made);
        return ScriptedOpenAi.answer(
                200,
                Headers.of(
                        "Content-Type",
                        "application/json",
                        "Content-Length",
                        Integer.toString(body.length()),
                        "x-request-id",
                        "req_1"),
                body);
    }

    private String page(String query) {
        List<String> parameters = Arrays.asList(query.split("&"));
        int from = 0;
        int limit = 20;
        for (String parameter : parameters) {
            String value = parameter.substring(parameter.indexOf('=') + 1);
            if (parameter.startsWith("after=")) {
                from = ids.indexOf(value) + 1;
            } else if (parameter.startsWith("limit=")) {
                limit = Integer.parseInt(value);
            }
        }
        int to = Math.min(ids.size(), from + limit);
        return ids.subList(from, to).stream()
                .map(ListingOpenAi::element)
                .collect(
                        Collectors.joining(
                                " , ",
                                "{\"object\": \"list\", \"data\" : [ ",
                                " ],\"has_more\":" + (to < ids.size()) + "}"));
    }
}
