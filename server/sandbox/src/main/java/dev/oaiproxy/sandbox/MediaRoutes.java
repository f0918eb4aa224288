package dev.oaiproxy.sandbox;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.util.function.Consumer;
import java.util.function.Function;

/** The paths of images and of audio. */
record MediaRoutes(
        HttpRouting.Builder routing, Function<Consumer<Exchange>, Handler> guard, Sandbox sandbox) {
    void add() {
        Images images = new Images(sandbox);
        Speech speech = new Speech(sandbox);
        Listening listening = new Listening(sandbox);
        routing.post("/v1/images/generations", guard.apply(images::generate))
                .post("/v1/images/edits", guard.apply(images::edit))
                .post("/v1/images/variations", guard.apply(images::vary))
                .post("/v1/audio/speech", guard.apply(speech::answer))
                .post("/v1/audio/transcriptions", guard.apply(listening::transcribe))
                .post("/v1/audio/translations", guard.apply(listening::translate));
    }
}
