package dev.oaiproxy.sandbox;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.util.function.Consumer;
import java.util.function.Function;

/** The paths of what the owner of the key keeps at OpenAI. */
record StorageRoutes(
        HttpRouting.Builder routing, Function<Consumer<Exchange>, Handler> guard, Sandbox sandbox) {
    void add() {
        addFiles();
        addBatches();
        addVectorStores();
        addSkills();
        addTuning();
    }

    private void addFiles() {
        Files files = new Files(sandbox);
        Uploads uploads = new Uploads(sandbox);
        post("/v1/files", files::create);
        at("/v1/files", files::list);
        at("/v1/files/{id}", files::show);
        delete("/v1/files/{id}", files::delete);
        at("/v1/files/{id}/content", files::content);
        post("/v1/uploads", uploads::create);
        post("/v1/uploads/{id}/parts", uploads::addPart);
        post("/v1/uploads/{id}/complete", uploads::complete);
        post("/v1/uploads/{id}/cancel", uploads::cancel);
    }

    private void addBatches() {
        Batches batches = new Batches(sandbox);
        post("/v1/batches", batches::create);
        at("/v1/batches", batches::list);
        at("/v1/batches/{id}", batches::show);
        post("/v1/batches/{id}/cancel", batches::cancel);
    }

    private void addVectorStores() {
        VectorStores stores = new VectorStores(sandbox);
        post("/v1/vector_stores", stores::create);
        at("/v1/vector_stores", stores::list);
        at("/v1/vector_stores/{id}", stores::show);
        post("/v1/vector_stores/{id}", stores::update);
        delete("/v1/vector_stores/{id}", stores::delete);
        post("/v1/vector_stores/{id}/search", stores::search);
        addVectorStoreFiles(new VectorStoreFiles(sandbox, stores));
    }

    private void addVectorStoreFiles(VectorStoreFiles files) {
        post("/v1/vector_stores/{id}/files", files::attach);
        at("/v1/vector_stores/{id}/files", files::list);
        at("/v1/vector_stores/{id}/files/{file}", files::show);
        post("/v1/vector_stores/{id}/files/{file}", files::update);
        delete("/v1/vector_stores/{id}/files/{file}", files::delete);
        at("/v1/vector_stores/{id}/files/{file}/content", files::content);
        post("/v1/vector_stores/{id}/file_batches", files::createBatch);
        at("/v1/vector_stores/{id}/file_batches/{batch}", files::showBatch);
        post("/v1/vector_stores/{id}/file_batches/{batch}/cancel", files::cancelBatch);
        at("/v1/vector_stores/{id}/file_batches/{batch}/files", files::listBatch);
    }

    private void addSkills() {
        Skills skills = new Skills(sandbox);
        post("/v1/skills", skills::create);
        at("/v1/skills", skills::list);
        at("/v1/skills/{id}", skills::show);
        post("/v1/skills/{id}", skills::update);
        delete("/v1/skills/{id}", skills::delete);
        at("/v1/skills/{id}/content", skills::content);
        post("/v1/skills/{id}/versions", skills::createVersion);
        at("/v1/skills/{id}/versions", skills::listVersions);
        at("/v1/skills/{id}/versions/{version}", skills::showVersion);
        delete("/v1/skills/{id}/versions/{version}", skills::deleteVersion);
        at("/v1/skills/{id}/versions/{version}/content", skills::versionContent);
    }

    private void addTuning() {
        Tuning tuning = new Tuning(sandbox);
        post("/v1/fine_tuning/jobs", tuning::create);
        at("/v1/fine_tuning/jobs", tuning::list);
        at("/v1/fine_tuning/jobs/{id}", tuning::show);
        post("/v1/fine_tuning/jobs/{id}/cancel", tuning::cancel);
        at("/v1/fine_tuning/jobs/{id}/events", tuning::events);
        at("/v1/fine_tuning/jobs/{id}/checkpoints", tuning::checkpoints);
    }

    private void at(String path, Consumer<Exchange> handler) {
        routing.get(path, guard.apply(handler));
    }

    private void post(String path, Consumer<Exchange> handler) {
        routing.post(path, guard.apply(handler));
    }

    private void delete(String path, Consumer<Exchange> handler) {
        routing.delete(path, guard.apply(handler));
    }
}
