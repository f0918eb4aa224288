-- What reports read. The newest calls of a user or key, by their numbers:
DROP INDEX calls_user${on_calls};
DROP INDEX calls_key${on_calls};
CREATE INDEX calls_user ON calls (user_id, id);
CREATE INDEX calls_key ON calls (key_id, id);
CREATE INDEX usage_by_day_key ON usage_by_day (key_id, day);

-- The sums by hour, at the grain of reports; user 0 and key 0 stand for everyone together. They are
-- there from first_hour on: of what had been deleted before, only the days are known.
ALTER TABLE horizon ADD first_hour BIGINT DEFAULT 0 NOT NULL;
UPDATE horizon SET first_hour = (day + 1) * 24 WHERE day > 0;

DROP TABLE usage_by_hour;
CREATE TABLE usage_by_hour (
    hour          BIGINT NOT NULL,
    user_id       BIGINT NOT NULL,
    key_id        BIGINT NOT NULL,
    model         VARCHAR(256) NOT NULL,
    operation     VARCHAR(64) NOT NULL,
    calls         BIGINT NOT NULL,
    input_tokens  BIGINT NOT NULL,
    cached_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cost_nanos    BIGINT NOT NULL,
    held_nanos    BIGINT NOT NULL,
    PRIMARY KEY (hour, user_id, key_id, model, operation)
) ${clustered};

INSERT INTO usage_by_hour (hour, user_id, key_id, model, operation, calls, input_tokens,
    cached_tokens, output_tokens, cost_nanos, held_nanos)
SELECT (booked_ms - booked_ms % 3600000) / 3600000, user_id, key_id, model, operation,
    SUM(CASE WHEN state = 4 THEN 0 ELSE 1 END), SUM(input_tokens), SUM(cached_tokens),
    SUM(output_tokens), SUM(cost_nanos), SUM(held_nanos)
FROM calls
WHERE state IN (1, 3, 4) AND booked_ms >= (SELECT first_hour FROM horizon WHERE id = 1) * 3600000
GROUP BY (booked_ms - booked_ms % 3600000) / 3600000, user_id, key_id, model, operation;

INSERT INTO usage_by_hour (hour, user_id, key_id, model, operation, calls, input_tokens,
    cached_tokens, output_tokens, cost_nanos, held_nanos)
SELECT hour, 0, 0, model, operation, SUM(calls), SUM(input_tokens), SUM(cached_tokens),
    SUM(output_tokens), SUM(cost_nanos), SUM(held_nanos)
FROM usage_by_hour
GROUP BY hour, model, operation;

CREATE INDEX usage_by_hour_key ON usage_by_hour (key_id, hour);
