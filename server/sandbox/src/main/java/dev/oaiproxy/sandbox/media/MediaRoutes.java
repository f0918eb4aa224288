package dev.oaiproxy.sandbox.media;

import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.Routes;

/** The paths of images and of audio. */
public final class MediaRoutes {
    private MediaRoutes() {}

    public static void add(Routes routes, SandboxState sandbox) {
        ImagesHandler images = new ImagesHandler(sandbox);
        TranscriptionsHandler transcriptions = new TranscriptionsHandler(sandbox);
        routes.post("/v1/images/generations", images::generate);
        routes.post("/v1/images/edits", images::edit);
        routes.post("/v1/images/variations", images::vary);
        routes.post("/v1/audio/speech", new SpeechHandler(sandbox)::handle);
        routes.post("/v1/audio/transcriptions", transcriptions::transcribe);
        routes.post("/v1/audio/translations", transcriptions::translate);
    }
}
