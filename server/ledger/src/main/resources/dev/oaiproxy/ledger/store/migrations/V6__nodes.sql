-- The processes that share this database. state: 0 the number is free, 1 the process lives, 2 it is
-- gone, and what it left held has still to be ended. A row stays when its process goes, for the
-- next one that takes its number. incarnation is drawn anew each time a number is taken: what was
-- begun under another one is no longer written down. heartbeat_ms is by the database's clock, and
-- skew_ms by how much that is ahead of the process's own.
CREATE TABLE nodes (
    number       SMALLINT NOT NULL PRIMARY KEY,
    incarnation  BIGINT NOT NULL,
    state        SMALLINT NOT NULL,
    label        VARCHAR(128) NOT NULL,
    version      VARCHAR(64) NOT NULL,
    zone         VARCHAR(64) NOT NULL,
    settings     VARCHAR(64) NOT NULL,
    prices       VARCHAR(64) NOT NULL,
    started_ms   BIGINT NOT NULL,
    heartbeat_ms BIGINT NOT NULL,
    skew_ms      BIGINT NOT NULL,
    CONSTRAINT nodes_state CHECK (state BETWEEN 0 AND 2)
) ${table};
