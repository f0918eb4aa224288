-- A ledger of ${calls} calls of the last year, by 200 users with a key each, on the three models of
-- the table below; one of 500 was released, and one of 1,000 estimated. All that an audit proves
-- is computed from the calls. The words in braces stand for what SQLite and PostgreSQL say
-- differently.
INSERT INTO users (id, name, created_ms)
WITH RECURSIVE u(n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1 FROM u WHERE n < 199)
SELECT 1000 + n, 'bench' || n, 0 FROM u;

INSERT INTO api_keys (id, public_id, hash, user_id, label, models, created_ms)
SELECT id + 1000, 'k' || id, ${hash},
    id, '', '', 0
FROM users WHERE id >= 1000;

INSERT INTO accounts (id, scope, active, expires_ms, period, period_start_ms, period_end_ms,
    limit_nanos, spent_nanos, held_nanos, rpm, tpm, parallel, minute, minute_calls, minute_tokens,
    in_flight)
SELECT x.id, x.scope, 1, a.expires_ms, a.period, a.period_start_ms, a.period_end_ms, a.limit_nanos,
    0, 0, a.rpm, a.tpm, a.parallel, 0, 0, 0, 0
FROM accounts a CROSS JOIN (
    SELECT id, 'user:' || name AS scope FROM users WHERE id >= 1000
    UNION ALL SELECT id, 'key:' || public_id FROM api_keys WHERE id >= 2000) x
WHERE a.id = 1;

CREATE TEMP TABLE models AS
SELECT 0 AS which, 'gpt-5-mini' AS model, 'chat completions' AS operation, 250 AS input, 2000 AS output,
    '0.25' AS input_usd, '2' AS output_usd
UNION ALL SELECT 1, 'gpt-4o', 'chat completions', 2500, 10000, '2.5', '10'
UNION ALL SELECT 2, 'gpt-4o-mini', 'responses', 150, 600, '0.15', '0.6';

INSERT INTO calls (id, booked_ms, ended_ms, state, node, user_id, key_id, operation, model, tier,
    status, reason, tokens, held_nanos, cost_nanos, input_tokens, cached_tokens, output_tokens,
    lines, price_version, adjusts)
WITH RECURSIVE
    c(n, booked) AS (${series}),
    d AS (
        SELECT n, booked,
            CASE WHEN n % 1000 = 0 THEN 3 WHEN n % 500 = 1 THEN 2 ELSE 1 END AS state,
            (n * 7919) % 200 AS u, (n * 31 / 7) % 3 AS m, 500 + n % 1500 AS i, 50 + n % 400 AS o
        FROM c)
SELECT (booked - 1704067200000) * 4194304 + n % 4096, booked, booked + 900, state, 0, 1000 + u,
    2000 + u, operation, model, 'default', CASE WHEN state = 1 THEN 200 ELSE 500 END, '', 0,
    5000000 + i * input + o * output,
    CASE state WHEN 1 THEN i * input + o * output WHEN 3 THEN 5000000 + i * input + o * output
        ELSE 0 END,
    CASE WHEN state = 1 THEN i ELSE 0 END, 0, CASE WHEN state = 1 THEN o ELSE 0 END,
    CASE WHEN state = 1
        THEN 'input=' || i || '@' || input_usd || ' output=' || o || '@' || output_usd
        ELSE '' END,
    'bench', 0
FROM d JOIN models ON models.which = m;

INSERT INTO usage_by_hour (hour, user_id, key_id, model, operation, calls, input_tokens,
    cached_tokens, output_tokens, cost_nanos, held_nanos)
SELECT booked_ms / 3600000, user_id, key_id, model, operation, COUNT(*), SUM(input_tokens),
    SUM(cached_tokens), SUM(output_tokens), SUM(cost_nanos), SUM(held_nanos)
FROM calls WHERE state IN (1, 3)
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1;

INSERT INTO usage_by_day (day, user_id, key_id, model, operation, calls, input_tokens,
    cached_tokens, output_tokens, cost_nanos)
SELECT hour / 24, user_id, key_id, model, operation, SUM(calls), SUM(input_tokens),
    SUM(cached_tokens), SUM(output_tokens), SUM(cost_nanos)
FROM usage_by_hour
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1;

INSERT INTO usage_by_hour (hour, user_id, key_id, model, operation, calls, input_tokens,
    cached_tokens, output_tokens, cost_nanos, held_nanos)
SELECT hour, 0, 0, model, operation, SUM(calls), SUM(input_tokens), SUM(cached_tokens),
    SUM(output_tokens), SUM(cost_nanos), SUM(held_nanos)
FROM usage_by_hour
GROUP BY hour, model, operation
ORDER BY hour;

UPDATE accounts SET spent_nanos = s.cost
FROM (
    SELECT user_id AS id, SUM(cost_nanos) AS cost FROM usage_by_day GROUP BY user_id
    UNION ALL SELECT key_id, SUM(cost_nanos) FROM usage_by_day GROUP BY key_id
    UNION ALL SELECT 1, SUM(cost_nanos) FROM usage_by_day) s
WHERE accounts.id = s.id;
