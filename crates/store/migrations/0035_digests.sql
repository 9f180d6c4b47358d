-- Who wants a digest of what they were asked, how often and at which hour, from when the next one counts, and when it
-- is due (R7, ADR 0047).
CREATE TABLE digests (
  professional TEXT PRIMARY KEY REFERENCES professionals (id),
  network TEXT NOT NULL REFERENCES networks (id),
  every TEXT NOT NULL CHECK (every IN ('day', 'week')),
  hour BIGINT NOT NULL CHECK (hour BETWEEN 0 AND 23),
  since_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  CHECK (due_at > since_at)
);
CREATE INDEX digests_due ON digests (due_at);
