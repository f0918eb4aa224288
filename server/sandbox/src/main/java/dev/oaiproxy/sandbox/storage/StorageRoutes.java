package dev.oaiproxy.sandbox.storage;

import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.Routes;

/** The paths of files, vector stores, containers and skills. */
public record StorageRoutes(Routes routes, SandboxState sandbox) {
    public static void add(Routes routes, SandboxState sandbox) {
        StorageRoutes all = new StorageRoutes(routes, sandbox);
        all.addFiles();
        all.addVectorStores();
        all.addContainers();
        all.addSkills();
    }

    private void addFiles() {
        FilesHandler files = new FilesHandler(sandbox);
        UploadsHandler uploads = new UploadsHandler(sandbox);
        routes.post("/v1/files", files::create);
        routes.get("/v1/files", files::list);
        ObjectStore<StoredFile> all = sandbox.objects(StoredFile.class);
        all.serveEach(routes, "/v1/files", "File", StoredFile::json);
        all.serveDeletion(routes, "/v1/files", "File", "file");
        routes.get("/v1/files/{id}/content", files::content);
        routes.post("/v1/uploads", uploads::create);
        routes.post("/v1/uploads/{id}/parts", uploads::addPart);
        routes.post("/v1/uploads/{id}/complete", uploads::complete);
        routes.post("/v1/uploads/{id}/cancel", uploads::cancel);
    }

    private void addVectorStores() {
        VectorStoresHandler stores = new VectorStoresHandler(sandbox);
        routes.post("/v1/vector_stores", stores::create);
        String path = "/v1/vector_stores";
        ObjectStore<VectorStore> all = sandbox.objects(VectorStore.class);
        all.serveList(routes, path, VectorStore::json);
        all.serveEach(routes, path, "Vector store", VectorStore::json);
        all.serveDeletion(routes, path, "Vector store", "vector_store.deleted");
        routes.post("/v1/vector_stores/{id}", stores::update);
        routes.post("/v1/vector_stores/{id}/search", stores::search);
        addVectorStoreFiles(new VectorStoreFilesHandler(sandbox, stores));
    }

    private void addVectorStoreFiles(VectorStoreFilesHandler files) {
        routes.post("/v1/vector_stores/{id}/files", files::attach);
        routes.get("/v1/vector_stores/{id}/files", files::list);
        routes.get("/v1/vector_stores/{id}/files/{file}", files::show);
        routes.post("/v1/vector_stores/{id}/files/{file}", files::update);
        routes.delete("/v1/vector_stores/{id}/files/{file}", files::delete);
        routes.get("/v1/vector_stores/{id}/files/{file}/content", files::content);
        routes.post("/v1/vector_stores/{id}/file_batches", files::createBatch);
        routes.get("/v1/vector_stores/{id}/file_batches/{batch}", files::showBatch);
        // Files are indexed immediately, so there is nothing to cancel.
        routes.post("/v1/vector_stores/{id}/file_batches/{batch}/cancel", files::showBatch);
        routes.get("/v1/vector_stores/{id}/file_batches/{batch}/files", files::listBatch);
    }

    private void addContainers() {
        ContainersHandler containers = new ContainersHandler(sandbox);
        routes.post("/v1/containers", containers::create);
        ObjectStore<Container> all = sandbox.objects(Container.class);
        all.serveList(routes, "/v1/containers", Container::json);
        // A retrieval counts as a use.
        all.serveEach(routes, "/v1/containers", "Container", one -> one.used().json());
        all.serveDeletion(routes, "/v1/containers", "Container", "container.deleted");
        addContainerFiles(new ContainerFilesHandler(sandbox));
    }

    private void addContainerFiles(ContainerFilesHandler files) {
        String all = "/v1/containers/{id}/files";
        routes.post(all, files::create);
        routes.get(all, files::list);
        routes.get(all + "/{file}", files::retrieve);
        routes.get(all + "/{file}/content", files::content);
        routes.delete(all + "/{file}", files::delete);
    }

    private void addSkills() {
        SkillsHandler skills = new SkillsHandler(sandbox);
        routes.post("/v1/skills", skills::create);
        ObjectStore<Skill> all = sandbox.objects(Skill.class);
        all.serveList(routes, "/v1/skills", Skill::json);
        all.serveEach(routes, "/v1/skills", "Skill", Skill::json);
        all.serveDeletion(routes, "/v1/skills", "Skill", "skill.deleted");
        routes.post("/v1/skills/{id}", skills::update);
        routes.get("/v1/skills/{id}/content", skills::content);
        routes.post("/v1/skills/{id}/versions", skills::createVersion);
        routes.get("/v1/skills/{id}/versions", skills::listVersions);
        routes.get("/v1/skills/{id}/versions/{version}", skills::showVersion);
        routes.delete("/v1/skills/{id}/versions/{version}", skills::deleteVersion);
        routes.get("/v1/skills/{id}/versions/{version}/content", skills::versionContent);
    }
}
