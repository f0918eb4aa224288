-- Groups of users. Groups and members share their numbers with accounts, as users and keys do: the
-- first account of a group or member has its number. The quota that new members get stands with
-- the group. A key belongs to at most one group, for as long as it lives; member_id is the number
-- of its user within that group. 0 stands for no group.
CREATE TABLE user_groups (
    id                 ${id} NOT NULL PRIMARY KEY,
    name               VARCHAR(64) NOT NULL,
    created_ms         BIGINT NOT NULL,
    member_limit_nanos BIGINT NOT NULL,
    member_period      SMALLINT NOT NULL,
    CONSTRAINT user_groups_name UNIQUE (name)
) ${table};

CREATE TABLE group_members (
    id         ${id} NOT NULL PRIMARY KEY,
    group_id   BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    CONSTRAINT group_members_pair UNIQUE (group_id, user_id)
) ${table};

CREATE INDEX group_members_user ON group_members (user_id);

ALTER TABLE api_keys ADD group_id BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE api_keys ADD member_id BIGINT DEFAULT 0 NOT NULL;
CREATE INDEX api_keys_group ON api_keys (group_id);

-- What a call pays into, besides the first accounts of everyone, its user and its key: those of
-- its group and member, and the further accounts whose numbers are in quotas, with spaces between.
ALTER TABLE calls ADD group_id BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE calls ADD member_id BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE calls ADD quotas VARCHAR(800) DEFAULT '' NOT NULL;

-- What was spent on a further account without a call that names it: before the quota was set, or
-- by calls that have been deleted. booked_ms is when, to the day or to the start of the period.
CREATE TABLE carryovers (
    account_id BIGINT NOT NULL,
    booked_ms  BIGINT NOT NULL,
    cost_nanos BIGINT NOT NULL,
    PRIMARY KEY (account_id, booked_ms)
) ${clustered};

-- An account is a quota of a scope. The first one of a scope has the scope's own number, its rates
-- and whether it is open; a scope can have further ones, with a limit for a period and for some
-- models: globs with commas between, empty for all. A further account that is not active is a quota
-- that was removed while calls still held something on it. raise_nanos is added to the limit until
-- raise_until_ms.
CREATE TABLE accounts_before (
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
    in_flight       BIGINT NOT NULL
) ${table};

INSERT INTO accounts_before (id, scope, active, expires_ms, period, period_start_ms, period_end_ms,
    limit_nanos, spent_nanos, held_nanos, rpm, tpm, parallel, minute, minute_calls, minute_tokens,
    in_flight)
SELECT id, scope, active, expires_ms, period, period_start_ms, period_end_ms, limit_nanos,
    spent_nanos, held_nanos, rpm, tpm, parallel, minute, minute_calls, minute_tokens, in_flight
FROM accounts;

DROP TABLE accounts;

CREATE TABLE accounts (
    id              ${id} NOT NULL PRIMARY KEY,
    scope_id        BIGINT NOT NULL,
    scope           VARCHAR(160) NOT NULL,
    active          SMALLINT NOT NULL,
    expires_ms      BIGINT NOT NULL,
    period          SMALLINT NOT NULL,
    period_start_ms BIGINT NOT NULL,
    period_end_ms   BIGINT NOT NULL,
    models          VARCHAR(500) NOT NULL,
    limit_nanos     BIGINT NOT NULL,
    raise_nanos     BIGINT NOT NULL,
    raise_until_ms  BIGINT NOT NULL,
    spent_nanos     BIGINT NOT NULL,
    held_nanos      BIGINT NOT NULL,
    rpm             BIGINT NOT NULL,
    tpm             BIGINT NOT NULL,
    parallel        BIGINT NOT NULL,
    minute          BIGINT NOT NULL,
    minute_calls    BIGINT NOT NULL,
    minute_tokens   BIGINT NOT NULL,
    in_flight       BIGINT NOT NULL,
    CONSTRAINT accounts_held CHECK (held_nanos >= 0),
    CONSTRAINT accounts_in_flight CHECK (in_flight >= 0)${check_integers}
) ${table};

INSERT INTO accounts (id, scope_id, scope, active, expires_ms, period, period_start_ms,
    period_end_ms, models, limit_nanos, raise_nanos, raise_until_ms, spent_nanos, held_nanos, rpm,
    tpm, parallel, minute, minute_calls, minute_tokens, in_flight)
SELECT id, id, scope, active, expires_ms, period, period_start_ms, period_end_ms, '', limit_nanos,
    0, 0, spent_nanos, held_nanos, rpm, tpm, parallel, minute, minute_calls, minute_tokens,
    in_flight
FROM accounts_before;

DROP TABLE accounts_before;

CREATE INDEX accounts_scope ON accounts (scope);
CREATE INDEX accounts_scope_id ON accounts (scope_id);
