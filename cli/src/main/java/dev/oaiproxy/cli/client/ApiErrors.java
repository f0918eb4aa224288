package dev.oaiproxy.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.oaiproxy.api.AdminApi.Problem;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Failure.FailureKind;
import dev.oaiproxy.cli.settings.CliSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;

/** Turns errors of the admin API and of the connection into messages with advice. */
final class ApiErrors {
    private static final String LOGIN =
            "set "
                    + CliSettings.ADMIN_USER
                    + " and "
                    + CliSettings.ADMIN_PASSWORD
                    + " (environment or .env) to the server's admin user and password";

    private static final String SET_UP =
            "if it is not set up yet, run `oaiproxy setup` on its machine; otherwise check its log";
    private static final String EDIT =
            "to change a setting, edit .env on the server's machine and start the server again";

    private final AdminEndpoint endpoint;
    private final ObjectMapper mapper;

    ApiErrors(AdminEndpoint endpoint, ObjectMapper mapper) {
        this.endpoint = endpoint;
        this.mapper = mapper;
    }

    Failure of(HttpResponse<String> response) {
        Optional<Problem> problem = problem(response);
        String said = problem.map(ApiErrors::words).orElse("HTTP " + response.statusCode());
        return switch (response.statusCode()) {
            case 401 -> Failure.unauthorised("the server did not accept the login", LOGIN);
            case 403 -> Failure.unauthorised("not allowed: " + said, LOGIN);
            case 404 -> problem.isPresent() ? unknown(said) : strange(404);
            case 409 ->
                    Failure.told(
                            said, "see the present state with the matching list or show command");
            case 429 -> Failure.failed(said, "wait a minute, then try again");
            case 503 -> Failure.told(said, SET_UP);
            case 400, 422 -> Failure.refusedValue(spoken(said));
            default -> problem.isPresent() ? broken(said) : strange(response.statusCode());
        };
    }

    /** The error of a set-up that is not local, or too late; else that of any request. */
    Failure ofSetup(HttpResponse<String> response) {
        String said =
                problem(response).map(ApiErrors::words).orElse("the server is already set up");
        return switch (response.statusCode()) {
            case 403 -> Failure.unauthorised(said, EDIT);
            case 409 -> Failure.told(said, EDIT);
            case 400, 422 -> Failure.told(said, "correct it and run setup again");
            default -> of(response);
        };
    }

    /** The server could not be reached, or the connection broke. */
    Failure unreachable(IOException cause) {
        return switch (cause) {
            case ConnectException e -> nobody();
            case HttpConnectTimeoutException e -> nobody();
            case HttpTimeoutException e ->
                    Failure.failed(
                            endpoint.url() + " did not answer in time",
                            "check the server's log, then try again");
            case SSLHandshakeException e ->
                    Failure.failed(
                            "the certificate of " + endpoint.url() + " is not trusted",
                            "set "
                                    + CliSettings.AUTHORITY
                                    + " to a PEM file of its certificate authority, and "
                                    + CliSettings.URL
                                    + " to a host name in the certificate");
            default ->
                    Failure.failed(
                            "the connection to " + endpoint.url() + " broke",
                            "check that it is an oaiproxy server, and whether it needs https");
        };
    }

    private Failure nobody() {
        return Failure.unreachable(
                "no server at " + endpoint.url(),
                "start it with `oaiproxy serve`, or set " + CliSettings.URL + " to its address");
    }

    /** An answer that the admin API does not give. */
    Failure strange(int status) {
        return Failure.failed(
                endpoint.url() + " answered HTTP " + status + ", but not like an oaiproxy server",
                "check that --url or " + CliSettings.URL + " names a server of the same version");
    }

    private static Failure unknown(String said) {
        return Failure.told(
                FailureKind.UNKNOWN, said, "see what exists with the matching list command");
    }

    private static Failure broken(String said) {
        return Failure.failed("the server failed: " + said, "see the server's log");
    }

    /** The words of the admin API as options and words of the command line. */
    private static String spoken(String said) {
        return said.replace("expires_at", "--expires")
                .replace("quota_usd", "--quota")
                .replace("limit_usd", "an amount")
                .replace("add_usd", "an amount");
    }

    private static String words(Problem problem) {
        return problem.detail().isBlank() ? problem.title() : problem.detail();
    }

    private Optional<Problem> problem(HttpResponse<String> response) {
        try {
            return Optional.ofNullable(mapper.readValue(response.body(), Problem.class));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
