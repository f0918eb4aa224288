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

/** Who has the port that a server started here would take. */
sealed interface PortOwner {
    /** How long somebody may take to answer. */
    Duration PATIENCE = Duration.ofSeconds(5);

    /** Nobody. */
    record Nobody() implements PortOwner {}

    /** It cannot be had, and nobody answers there. */
    record Barred(String why) implements PortOwner {}

    /** Another program. */
    record Stranger() implements PortOwner {}

    /** Somebody who does not answer in time: a program of another kind, or a server in need. */
    record Silent() implements PortOwner {}

    /**
     * An oaiproxy.
     *
     * @param ready whether it takes calls
     */
    record Ours(boolean ready, Account account) implements PortOwner {}

    /** What an oaiproxy says of itself. */
    sealed interface Account {
        /**
         * This.
         *
         * @param status the rest; empty when it is said in the shape of another version
         */
        record Told(String version, Optional<AdminApi.Status> status) implements Account {}

        /** Nothing, for it is not set up, or these settings are not. */
        record None() implements Account {}

        /** Nothing, for it has another password. */
        record Refused() implements Account {}

        /** It was not asked, for nothing shows that it is the server of this folder. */
        record Unasked() implements Account {}
    }

    /** Looks. */
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

    /** Why a port cannot be had is said in the language of the system, so somebody must answer. */
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

    /** The address to go to, where the one to listen on may be all of them. */
    static String reachable(ServerConfig config) {
        String host = config.text(Setting.HOST);
        return switch (host) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::", "[::]" -> "::1";
            default -> host;
        };
    }
}
