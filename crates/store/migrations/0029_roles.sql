-- What a coordinator lets somebody be in the network beside what their account is, and what a session acts as now.
CREATE TABLE roles (
  user_id TEXT NOT NULL REFERENCES users (id),
  network TEXT NOT NULL REFERENCES networks (id),
  role TEXT NOT NULL CHECK (role IN ('operator', 'regulator', 'coordinator', 'auditor')),
  given_by TEXT NOT NULL REFERENCES users (id),
  given_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, network, role)
);
CREATE INDEX roles_network ON roles (network, role);
ALTER TABLE sessions ADD COLUMN worn_network TEXT;
ALTER TABLE sessions ADD COLUMN worn_role TEXT;
