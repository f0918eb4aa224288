package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/** The owner of the port that a server started here would take. */
sealed interface PortOwner {
    /** The longest wait for an answer. */
    Duration PATIENCE = Duration.ofSeconds(5);

    /** The port is free. */
    record Nobody() implements PortOwner {}

    /** The port cannot be bound, and no program answers there. */
    record Barred(String why) implements PortOwner {}

    /** Another program has the port. */
    record Stranger() implements PortOwner {}

    /** A program that does not answer in time: of another kind, or a server in trouble. */
    record Silent() implements PortOwner {}

    /**
     * An oaiproxy has the port.
     *
     * @param ready true when it takes calls
     */
    record Ours(boolean ready, Account account) implements PortOwner {}

    /** The response of an oaiproxy server to a request for its status. */
    sealed interface Account {
        /**
         * The server reported its version.
         *
         * @param status the whole status; empty if another version has another format of it
         */
        record Told(String version, Optional<AdminApi.Status> status) implements Account {}

        /** There is no status, because the server or these settings are not set up. */
        record None() implements Account {}

        /** The server has another password. */
        record WrongPassword() implements Account {}

        /** The server was not called, because nothing shows that it belongs to this folder. */
        record Unasked() implements Account {}
    }

    static PortOwner at(ServerConfig config) {
        String host = config.text(Setting.HOST);
        int port = config.number(Setting.PORT);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
            return new Nobody();
        } catch (BindException e) {
            return behind(config, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new Barred(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The reason is in the language of the system, so only an answer shows that a port is taken.
     */
    private static PortOwner behind(ServerConfig config, String why) {
        int port = config.number(Setting.PORT);
        try (Socket socket = new Socket()) {
            InetSocketAddress there = new InetSocketAddress(reachable(config), port);
            socket.connect(there, (int) PATIENCE.toMillis());
        } catch (SocketTimeoutException e) {
            return new Silent();
        } catch (IOException e) {
            return new Barred(why);
        }
        return new ServerProbe(config).result();
    }

    /** The address to connect to: loopback when the server listens on all addresses. */
    static String reachable(ServerConfig config) {
        String host = config.text(Setting.HOST);
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "[::]" -> "::1";
            default -> host;
        };
    }
}
