-- Amounts are nano-dollars, times are milliseconds since 1970. Users, keys and accounts share
-- their numbers: account 1 is everyone's, and a user's or key's account has the number of the
-- user or key. "No limit" is a number that nothing reaches, so that guards need no NULL.

CREATE TABLE users (
    id         ${id} NOT NULL PRIMARY KEY,
    name       VARCHAR(64) NOT NULL,
    created_ms BIGINT NOT NULL,
    CONSTRAINT users_name UNIQUE (name)
) ${table};

CREATE TABLE api_keys (
    id         ${id} NOT NULL PRIMARY KEY,
    public_id  VARCHAR(16) NOT NULL,
    hash       CHAR(64) NOT NULL,
    user_id    BIGINT NOT NULL,
    label      VARCHAR(128) NOT NULL,
    models     VARCHAR(2000) NOT NULL,
    created_ms BIGINT NOT NULL,
    CONSTRAINT api_keys_public_id UNIQUE (public_id)
) ${table};

CREATE TABLE accounts (
    id              ${id} NOT NULL PRIMARY KEY,
    scope           VARCHAR(80) NOT NULL,
    active          SMALLINT NOT NULL,
    expires_ms      BIGINT NOT NULL,
    period          SMALLINT NOT NULL,
    period_start_ms BIGINT NOT NULL,
    period_end_ms   BIGINT NOT NULL,
    limit_nanos     BIGINT NOT NULL,
    spent_nanos     BIGINT NOT NULL,
    held_nanos      BIGINT NOT NULL,
    rpm             BIGINT NOT NULL,
    tpm             BIGINT NOT NULL,
    parallel        BIGINT NOT NULL,
    minute          BIGINT NOT NULL,
    minute_calls    BIGINT NOT NULL,
    minute_tokens   BIGINT NOT NULL,
    in_flight       BIGINT NOT NULL,
    CONSTRAINT accounts_scope UNIQUE (scope),
    CONSTRAINT accounts_held CHECK (held_nanos >= 0),
    CONSTRAINT accounts_in_flight CHECK (in_flight >= 0)${check_integers}
) ${table};

-- state: 0 held, 1 charged, 2 released, 3 estimated, 4 adjusted. booked_ms decides the period, day
-- and hour that a row belongs to: the admission's, also for a correction that is made later.
CREATE TABLE calls (
    id            ${id} NOT NULL PRIMARY KEY,
    booked_ms     BIGINT NOT NULL,
    ended_ms      BIGINT NOT NULL,
    state         SMALLINT NOT NULL,
    node          SMALLINT NOT NULL,
    user_id       BIGINT NOT NULL,
    key_id        BIGINT NOT NULL,
    operation     VARCHAR(64) NOT NULL,
    model         VARCHAR(256) NOT NULL,
    tier          VARCHAR(16) NOT NULL,
    status        SMALLINT NOT NULL,
    reason        VARCHAR(200) NOT NULL,
    tokens        BIGINT NOT NULL,
    held_nanos    BIGINT NOT NULL,
    cost_nanos    BIGINT NOT NULL,
    input_tokens  BIGINT NOT NULL,
    cached_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    lines         VARCHAR(1000) NOT NULL,
    price_version VARCHAR(64) NOT NULL,
    adjusts       BIGINT NOT NULL,
    CONSTRAINT calls_state CHECK (state BETWEEN 0 AND 4),
    CONSTRAINT calls_held CHECK (held_nanos >= 0),
    CONSTRAINT calls_cost CHECK (cost_nanos >= 0 OR state = 4)
) ${table};

CREATE INDEX calls_open ON calls (state, node) ${where_open};
CREATE INDEX calls_adjusts ON calls (adjusts) ${where_adjusts};
CREATE INDEX calls_booked ON calls (booked_ms);
CREATE INDEX calls_user ON calls (user_id, booked_ms);
CREATE INDEX calls_key ON calls (key_id, booked_ms);

CREATE TABLE usage_by_day (
    day           BIGINT NOT NULL,
    user_id       BIGINT NOT NULL,
    key_id        BIGINT NOT NULL,
    model         VARCHAR(256) NOT NULL,
    operation     VARCHAR(64) NOT NULL,
    calls         BIGINT NOT NULL,
    input_tokens  BIGINT NOT NULL,
    cached_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cost_nanos    BIGINT NOT NULL,
    PRIMARY KEY (day, user_id, key_id, model, operation)
) ${table};

CREATE TABLE usage_by_hour (
    hour          BIGINT NOT NULL,
    user_id       BIGINT NOT NULL,
    calls         BIGINT NOT NULL,
    input_tokens  BIGINT NOT NULL,
    cached_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cost_nanos    BIGINT NOT NULL,
    PRIMARY KEY (hour, user_id)
) ${table};

-- Bodies are gzip. size_bytes is that of the whole body, of which at most the configured part is kept.
CREATE TABLE bodies (
    call_id       ${id} NOT NULL PRIMARY KEY,
    request       ${blob} NOT NULL,
    request_cut   SMALLINT NOT NULL,
    response      ${blob} NOT NULL,
    response_cut  SMALLINT NOT NULL
) ${table};

CREATE TABLE admin_events (
    id          ${id} NOT NULL PRIMARY KEY,
    at_ms       BIGINT NOT NULL,
    actor       VARCHAR(64) NOT NULL,
    source      VARCHAR(64) NOT NULL,
    action      VARCHAR(64) NOT NULL,
    subject     VARCHAR(128) NOT NULL,
    before_text VARCHAR(2000) NOT NULL,
    after_text  VARCHAR(2000) NOT NULL
) ${table};
