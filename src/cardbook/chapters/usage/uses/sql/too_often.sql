-- One more ask of a key beyond its limit: counted in the row of its minute and purpose (Art. 32).
INSERT INTO usage_statustoooften (key_id, minute, purpose, times, last_at)
VALUES (%(key)s, date_trunc('minute', %(at)s::timestamptz), %(purpose)s, 1, %(at)s)
ON CONFLICT (key_id, minute, purpose) DO UPDATE
SET times = usage_statustoooften.times + 1, last_at = greatest(usage_statustoooften.last_at, excluded.last_at)
