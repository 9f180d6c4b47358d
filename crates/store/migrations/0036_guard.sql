-- What a browser carried, sealed by us, and gave back (ADR 0048): the mark of each, so that it serves once. Nothing is
-- written for whoever asks and does not come back.
CREATE TABLE spent_tokens (
  mark TEXT PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX spent_tokens_expiry ON spent_tokens (expires_at);

-- From where something was begun, as a keyed mark of the widest prefix (a /48, a /24) and no address: when there is no
-- room, it is taken from the source that holds most.
ALTER TABLE public_forms ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN source TEXT NOT NULL DEFAULT '';
