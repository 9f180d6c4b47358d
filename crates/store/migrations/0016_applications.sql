-- Applications of professionals who sign up by themselves (ADR 0031): found by the fingerprint of a token only their browser
-- has. `body` holds what they typed and where their proofs stand; no code and no password in clear.
CREATE TABLE applications (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  network TEXT REFERENCES networks (id),
  rpps TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('filling', 'pending', 'approved', 'refused')),
  body TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  expires_at BIGINT,
  sent_at BIGINT,
  decided_at BIGINT,
  decided_by TEXT REFERENCES users (id),
  professional TEXT REFERENCES professionals (id),
  CHECK ((status = 'pending') = (expires_at IS NULL)),
  CHECK (status = 'filling' OR (network IS NOT NULL AND sent_at IS NOT NULL)),
  CHECK ((decided_at IS NOT NULL) = (status IN ('approved', 'refused')))
);
CREATE INDEX applications_network ON applications (network, status, sent_at);
CREATE INDEX applications_rpps ON applications (rpps);
CREATE INDEX applications_expiry ON applications (expires_at);
