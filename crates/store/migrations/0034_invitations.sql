-- Whom a coordinator invites to an account of the network's staff: the link of a mail, used once.
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  mark TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  mail TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('operator', 'regulator', 'coordinator', 'auditor')),
  rpps TEXT,
  totp_sealed {blob} NOT NULL,
  invited_by TEXT NOT NULL REFERENCES users (id),
  invited_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  UNIQUE (network, mail),
  CHECK (expires_at > invited_at),
  CHECK (role <> 'regulator' OR rpps IS NOT NULL)
);
