-- Passkeys (ADR 0037): what verifies their signatures, sealed. A key that ended is kept, with why, until its account goes.
CREATE TABLE passkeys (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  key_sealed {blob} NOT NULL,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  revoked_at BIGINT,
  revoked_why TEXT CHECK (revoked_why IN ('owner', 'copied', 'recovery')),
  CHECK ((revoked_at IS NULL) = (revoked_why IS NULL))
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- One code an account, given by a coordinator in person to whoever lost every way in: a mark, tried a few times, used once.
CREATE TABLE recovery_codes (
  user_id TEXT PRIMARY KEY REFERENCES users (id),
  mark TEXT NOT NULL,
  tries BIGINT NOT NULL,
  issued_by TEXT NOT NULL REFERENCES users (id),
  issued_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX recovery_codes_expiry ON recovery_codes (expires_at);
