package dev.oaiproxy.cli.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * The address of the server, and the login.
 *
 * @param login empty for requests that need none
 * @param authority a PEM file with the certificates to trust; empty for Java's own
 */
public record AdminEndpoint(URI url, Optional<AdminLogin> login, Optional<Path> authority) {
    public record AdminLogin(String user, String password) {
        String header() {
            String pair = user + ":" + password;
            byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(bytes);
        }

        @Override
        public String toString() {
            return "AdminLogin[" + user + "]";
        }
    }
}
