-- The calls of all days before this one may have been deleted; what they came to stands in
-- usage_by_day, whose days these are. One row.
CREATE TABLE horizon (
    id  SMALLINT NOT NULL PRIMARY KEY,
    day BIGINT NOT NULL
) ${table};

INSERT INTO horizon (id, day) VALUES (1, 0);

-- By which what OpenAI keeps for a month only is forgotten.
CREATE INDEX objects_age ON objects (kind, created_ms);
