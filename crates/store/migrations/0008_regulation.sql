-- Who regulates (R3): a duty is said with its end; who has a case on their desk; what a regulator wrote of it; each
-- red flag somebody passed over. None of it holds an identity.
CREATE TABLE regulator_duties (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  ended_at BIGINT,
  CHECK (until > since)
);
CREATE INDEX regulator_duties_network ON regulator_duties (network, until) WHERE ended_at IS NULL;
-- One duty at a time.
CREATE UNIQUE INDEX regulator_duties_user ON regulator_duties (user_id) WHERE ended_at IS NULL;

CREATE TABLE regulator_claims (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  at BIGINT NOT NULL
);

CREATE TABLE regulator_notes (
  id TEXT PRIMARY KEY,
  request TEXT NOT NULL REFERENCES requests (id),
  author TEXT NOT NULL REFERENCES users (id),
  at BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pre-diagnosis', 'advice')),
  text TEXT NOT NULL
);
CREATE INDEX regulator_notes_request ON regulator_notes (request, at);

-- `signs` is the sentences as they were read to the caller, JSON.
CREATE TABLE red_flag_overrides (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  request TEXT NOT NULL REFERENCES requests (id),
  author TEXT NOT NULL REFERENCES users (id),
  at BIGINT NOT NULL,
  signs TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE INDEX red_flag_overrides_network ON red_flag_overrides (network, at);
CREATE INDEX red_flag_overrides_request ON red_flag_overrides (request);

-- The contact log of a day finds those entered afterwards by the time they really came.
CREATE INDEX contacts_happened ON contacts (network, happened_at) WHERE happened_at IS NOT NULL;
