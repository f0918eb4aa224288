package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.SetupResult;
import dev.oaiproxy.api.SetupRequest;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Takes the first set-up: without a password, since there is none yet, and therefore only from the
 * machine itself and only until it is done.
 */
public final class SetupHandler {
    /**
     * Headers of a reverse proxy; with one of them, the client may be elsewhere than on loopback.
     */
    private static final List<String> FORWARDED =
            List.of(
                    "forwarded",
                    "via",
                    "x-forwarded-for",
                    "x-forwarded-host",
                    "x-forwarded-proto",
                    "x-real-ip");

    private static final List<String> LOOPBACK_NAMES = List.of("localhost", "127.0.0.1", "[::1]");

    private final Function<SetupRequest, SetupOutcome> action;

    /** The result of a set-up. */
    public sealed interface SetupOutcome {
        /** The settings are stored and in force. */
        record Done(SetupResult done) implements SetupOutcome {}

        /** The server has been set up before. */
        record AlreadyDone() implements SetupOutcome {}

        /** The settings are wrong; nothing has changed. */
        record Wrong(String why) implements SetupOutcome {}
    }

    /**
     * @param action checks the settings, writes them down and puts them in force
     */
    public SetupHandler(Function<SetupRequest, SetupOutcome> action) {
        this.action = action;
    }

    void handle(ServerRequest request, AdminRequest adminRequest) {
        if (!isLocal(request)) {
            throw new ProblemException(
                    403, "Forbidden", "the first set-up is taken from the machine itself only");
        }
        switch (action.apply(adminRequest.body(SetupRequest.class))) {
            case SetupOutcome.Done done -> adminRequest.send(done.done());
            case SetupOutcome.Wrong wrong -> throw ProblemException.badRequest(wrong.why());
            case SetupOutcome.AlreadyDone _ ->
                    throw new ProblemException(
                            409,
                            "Already set up",
                            "this server has been set up; to change it, edit .env and restart it");
        }
    }

    private static boolean isLocal(ServerRequest request) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        return isFromThisMachine(request) && type.startsWith("application/json");
    }

    /** A page in a browser on this machine must not pass for its user, so the host counts, too. */
    static boolean isFromThisMachine(ServerRequest request) {
        boolean loopback =
                request.remotePeer().address() instanceof InetSocketAddress address
                        && !address.isUnresolved()
                        && address.getAddress().isLoopbackAddress();
        boolean forwarded =
                FORWARDED.stream()
                        .anyMatch(name -> request.headers().contains(HeaderNames.create(name)));
        String host = request.headers().first(HeaderNames.HOST).orElse("");
        String name = host.replaceAll(":[0-9]+$", "").toLowerCase(Locale.ROOT);
        return loopback && !forwarded && LOOPBACK_NAMES.contains(name);
    }
}
