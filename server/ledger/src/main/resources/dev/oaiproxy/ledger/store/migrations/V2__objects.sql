-- What OpenAI keeps for its one project, and whose each of it is. A row is made before its user
-- has the id, and goes when OpenAI no longer has the object.
CREATE TABLE objects (
    id         VARCHAR(128) NOT NULL PRIMARY KEY,
    kind       VARCHAR(32) NOT NULL,
    user_id    BIGINT NOT NULL,
    key_id     BIGINT NOT NULL,
    created_ms BIGINT NOT NULL
) ${table};

CREATE INDEX objects_user ON objects (user_id, kind);
