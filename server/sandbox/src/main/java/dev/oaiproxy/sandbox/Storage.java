package dev.oaiproxy.sandbox;

/** What the owner of the key keeps at OpenAI. */
record Storage(
        Shelf<StoredFile> files,
        Shelf<Uploads.Upload> uploads,
        Shelf<BatchRun> batches,
        Shelf<VectorStore> vectorStores,
        Shelf<Skill> skills,
        Shelf<TuningJob> tuningJobs) {
    Storage() {
        this(
                new Shelf<>(),
                new Shelf<>(),
                new Shelf<>(),
                new Shelf<>(),
                new Shelf<>(),
                new Shelf<>());
    }
}
