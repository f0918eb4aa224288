-- Calls that OpenAI works on after its answer, or whose answer broke off, and what to ask it for.
-- A row is made before the client has the end of the answer, and goes in the transaction that ends
-- the call; until then that is held, but in flight no longer. terms is what the request decides
-- about how the usage is read, misses how often in a row OpenAI did not know the object.
CREATE TABLE deferred (
    call_id    ${id} NOT NULL PRIMARY KEY,
    kind       VARCHAR(16) NOT NULL,
    object_id  VARCHAR(128) NOT NULL,
    terms      VARCHAR(1000) NOT NULL,
    attempts   BIGINT NOT NULL,
    misses     BIGINT NOT NULL,
    next_ms    BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    CONSTRAINT deferred_object UNIQUE (object_id)
) ${table};

CREATE INDEX deferred_next ON deferred (next_ms);
