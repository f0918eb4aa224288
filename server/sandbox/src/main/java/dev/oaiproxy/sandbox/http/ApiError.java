package dev.oaiproxy.sandbox.http;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.InjectedFault;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An error response in OpenAI's format. Throwing it ends the handling of the request. */
public final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String ACCOUNT = "https://platform.openai.com/account/";
    private final int status;
    private final String message;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;

    private ApiError(
            int status,
            String message,
            String type,
            @Nullable String param,
            @Nullable String code) {
        super(message, null, false, false);
        this.status = status;
        this.message = message;
        this.type = type;
        this.param = param;
        this.code = code;
    }

    public static void throwIf(boolean condition, ApiError error) {
        if (condition) {
            throw error;
        }
    }

    /** The failure that a fault injects before any output, if it injects one. */
    public static Optional<ApiError> injected(InjectedFault fault, String model) {
        return switch (fault) {
            case RATE_LIMIT -> Optional.of(rateLimit(model));
            case SERVER_ERROR -> Optional.of(serverError());
            case OVERLOADED ->
                    Optional.of(
                            failure(
                                    503,
                                    "The engine is currently overloaded, please try again later."));
            case QUOTA -> Optional.of(quota());
            default -> Optional.empty();
        };
    }

    public static ApiError invalid(String message) {
        return invalid(message, null);
    }

    /** HTTP 400. */
    public static ApiError invalid(String message, @Nullable String param) {
        return new ApiError(400, message, "invalid_request_error", param, null);
    }

    /** An error of the server, not of the request. */
    public static ApiError failure(int status, String message) {
        return new ApiError(status, message, "server_error", null, null);
    }

    public ApiError status(int other) {
        return new ApiError(other, message, type, param, code);
    }

    public ApiError code(String other) {
        return new ApiError(status, message, type, param, other);
    }

    public static ApiError noKey() {
        return invalid(
                        "You didn't provide an API key. You need to provide your API key in an"
                                + " Authorization header using Bearer auth (i.e. Authorization:"
                                + " Bearer YOUR_KEY).")
                .status(401);
    }

    public static ApiError wrongKey() {
        return invalid(
                        "Incorrect API key provided: sk-*****. You can find your API key at "
                                + ACCOUNT
                                + "api-keys.")
                .status(401)
                .code("invalid_api_key");
    }

    public static ApiError mismatched(String what) {
        return invalid("OpenAI-" + what + " header should match " + what + " for API key")
                .status(401)
                .code("mismatched_" + what.toLowerCase(Locale.ROOT));
    }

    public static ApiError notJson() {
        return invalid(
                "We could not parse the JSON body of your request. (HINT: This likely means you"
                        + " aren't using your HTTP library correctly.)");
    }

    public static ApiError noSuchUrl(String method, String path) {
        return invalid("Invalid URL (" + method + " " + path + ")").status(404);
    }

    public static ApiError noSuchModel(String model) {
        String message =
                "The model `" + model + "` does not exist or you do not have access to it.";
        return invalid(message).status(404).code("model_not_found");
    }

    /** The error for a missing object that the path names, such as a {@code Response}. */
    public static ApiError notFound(String what, String id) {
        return invalid(what + " with id '" + id + "' not found.").status(404);
    }

    public static ApiError missing(String param) {
        return invalid("Missing required parameter: '" + param + "'.", param)
                .code("missing_required_parameter");
    }

    private static ApiError rateLimit(String model) {
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

    private static ApiError quota() {
        return new ApiError(
                429,
                "You exceeded your current quota, please check your plan and billing details.",
                "insufficient_quota",
                null,
                "insufficient_quota");
    }

    public static ApiError serverError() {
        return failure(
                500, "The server had an error while processing your request. Sorry about that!");
    }

    public int status() {
        return status;
    }

    public String message() {
        return message;
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
