-- People on their way to a provider of identities and back (ADR 0036): found by the fingerprint of the state in the address,
-- with that of a token only their browser has; `sealed` holds the other secrets. Used once, gone after ten minutes.
CREATE TABLE identity_flows (
  state_hash TEXT PRIMARY KEY,
  browser_hash TEXT NOT NULL,
  sealed {blob} NOT NULL,
  started_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX identity_flows_expiry ON identity_flows (expires_at);

-- What ends the provider's own session too, sealed: only for a session opened by it.
ALTER TABLE sessions ADD COLUMN hint_sealed {blob};
