-- Who answers in the name of a professional (ADR 0043), and for whom a session answers now.
CREATE TABLE secretaries (
  user_id TEXT NOT NULL REFERENCES users (id),
  professional TEXT NOT NULL REFERENCES professionals (id),
  network TEXT NOT NULL REFERENCES networks (id),
  given_by TEXT NOT NULL REFERENCES users (id),
  given_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, professional)
);
CREATE INDEX secretaries_professional ON secretaries (professional);
ALTER TABLE sessions ADD COLUMN acts_for TEXT;
