-- What OpenAI bills for while it keeps it: vector stores, by their size and the hour, and
-- containers, by the session. A row is made and goes with that of objects, or when OpenAI has ended
-- the object. paid_ms is until when it is paid, 0 for not at all; paid_bytes for what size. A
-- charge moves them in its own transaction, so that no stretch of time is charged twice. memory is
-- the size of a container, empty until it is known; used_ms its last use, and of a vector store
-- the beginning of what is to be paid. idle_ms after its last use a container ends. owed_ms is since
-- when no quota has allowed what is due, 0 where nothing is.
CREATE TABLE accruals (
    object_id  VARCHAR(128) NOT NULL PRIMARY KEY,
    kind       VARCHAR(32) NOT NULL,
    user_id    BIGINT NOT NULL,
    key_id     BIGINT NOT NULL,
    paid_ms    BIGINT NOT NULL,
    paid_bytes BIGINT NOT NULL,
    memory     VARCHAR(16) NOT NULL,
    idle_ms    BIGINT NOT NULL,
    used_ms    BIGINT NOT NULL,
    misses     BIGINT NOT NULL,
    owed_ms    BIGINT NOT NULL,
    next_ms    BIGINT NOT NULL
) ${table};

CREATE INDEX accruals_next ON accruals (next_ms);

-- What there was before is paid for from now on, and containers from their first session on.
INSERT INTO accruals (object_id, kind, user_id, key_id, paid_ms, paid_bytes, memory, idle_ms,
    used_ms, misses, owed_ms, next_ms)
SELECT id, kind, user_id, key_id,
    CASE WHEN kind = 'container' THEN created_ms + 1200000 ELSE 0 END, 0, '', 1200000,
    CASE WHEN kind = 'container' THEN created_ms ELSE 0 END, 0, 0, 0
FROM objects WHERE kind IN ('vector_store', 'container');
