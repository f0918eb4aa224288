package dev.oaiproxy.cli.client;

import dev.oaiproxy.cli.settings.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Where the server is and who asks.
 *
 * @param login empty for what needs none
 */
public record Server(URI url, Optional<Login> login) {
    /** The admin user and password. */
    public record Login(String user, Secret password) {
        String header() {
            String pair = user + ":" + password.value();
            byte[] bytes = pair.getBytes(StandardCharsets.UTF_8);
            return "Basic " + Base64.getEncoder().encodeToString(bytes);
        }
    }
}
