package dev.oaiproxy.sandbox.http;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An error response in OpenAI's format. */
public record ApiError(
        int status, String message, String type, @Nullable String param, @Nullable String code) {
    private static final String REQUEST = "invalid_request_error";
    private static final String ACCOUNT = "https://platform.openai.com/account/";

    /** The first error that the checks find. */
    public static Optional<ApiError> first(List<Supplier<Optional<ApiError>>> checks) {
        return checks.stream().flatMap(check -> check.get().stream()).findFirst();
    }

    /** The error, if the condition is true. */
    public static Optional<ApiError> when(boolean condition, ApiError error) {
        return condition ? Optional.of(error) : Optional.empty();
    }

    public static ApiError noKey() {
        return new ApiError(
                401,
                "You didn't provide an API key. You need to provide your API key in an"
                        + " Authorization header using Bearer auth (i.e. Authorization: Bearer"
                        + " YOUR_KEY).",
                REQUEST,
                null,
                null);
    }

    public static ApiError wrongKey() {
        return new ApiError(
                401,
                "Incorrect API key provided: sk-*****. You can find your API key at "
                        + ACCOUNT
                        + "api-keys.",
                REQUEST,
                null,
                "invalid_api_key");
    }

    public static ApiError mismatched(String what) {
        return new ApiError(
                401,
                "OpenAI-" + what + " header should match " + what + " for API key",
                REQUEST,
                null,
                "mismatched_" + what.toLowerCase(Locale.ROOT));
    }

    public static ApiError notJson() {
        return invalid(
                "We could not parse the JSON body of your request. (HINT: This likely means you"
                        + " aren't using your HTTP library correctly.)",
                null);
    }

    public static ApiError noSuchUrl(String method, String path) {
        return new ApiError(404, "Invalid URL (" + method + " " + path + ")", REQUEST, null, null);
    }

    public static ApiError noSuchModel(String model) {
        return new ApiError(
                404,
                "The model `" + model + "` does not exist or you do not have access to it.",
                REQUEST,
                null,
                "model_not_found");
    }

    /** The error for a missing object that the path names, such as a {@code Response}. */
    public static ApiError notFound(String what, String id) {
        return new ApiError(404, what + " with id '" + id + "' not found.", REQUEST, null, null);
    }

    public static ApiError noPrevious(String id) {
        return new ApiError(
                400,
                "Previous response with id '" + id + "' not found.",
                REQUEST,
                "previous_response_id",
                "previous_response_not_found");
    }

    public static ApiError notLegacy() {
        return new ApiError(
                404,
                "This is a chat model and not supported in the v1/completions endpoint. Did you"
                        + " mean to use v1/chat/completions?",
                REQUEST,
                "model",
                null);
    }

    public static ApiError missing(String param) {
        return new ApiError(
                400,
                "Missing required parameter: '" + param + "'.",
                REQUEST,
                param,
                "missing_required_parameter");
    }

    public static ApiError unsupported(String param, String instead) {
        return new ApiError(
                400,
                "Unsupported parameter: '%s' is not supported with this model. Use '%s' instead."
                        .formatted(param, instead),
                REQUEST,
                param,
                "unsupported_parameter");
    }

    public static ApiError invalid(String message, @Nullable String param) {
        return new ApiError(400, message, REQUEST, param, null);
    }

    public static ApiError rateLimit(String model) {
        return new ApiError(
                429,
                "Rate limit reached for "
                        + model
                        + " in organization org-sandbox on requests per min (RPM): Limit 3, Used 3,"
                        + " Requested 1. Please try again in 20ms. Visit "
                        + ACCOUNT
                        + "rate-limits to learn more.",
                "requests",
                null,
                "rate_limit_exceeded");
    }

    public static ApiError quota() {
        return new ApiError(
                429,
                "You exceeded your current quota, please check your plan and billing details.",
                "insufficient_quota",
                null,
                "insufficient_quota");
    }

    public static ApiError serverError() {
        return new ApiError(
                500,
                "The server had an error while processing your request. Sorry about that!",
                "server_error",
                null,
                null);
    }

    public static ApiError overloaded() {
        return new ApiError(
                503,
                "The engine is currently overloaded, please try again later.",
                "server_error",
                null,
                null);
    }

    /** The exception that ends the request with this error. */
    public ApiErrorException exception() {
        return new ApiErrorException(this);
    }

    public ObjectNode json() {
        ObjectNode body = newObject();
        body.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("param", param)
                .put("code", code);
        return body;
    }
}
