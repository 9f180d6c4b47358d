-- What was purged by age (ADR 0034): counts by class and civil day, never what. `before_at`: everything of that class
-- that ended before this moment is gone.
CREATE TABLE purges (
  network TEXT NOT NULL REFERENCES networks (id),
  class TEXT NOT NULL CHECK (class IN ('identities', 'notes', 'photos', 'threads', 'texts')),
  on_day TEXT NOT NULL,
  counted BIGINT NOT NULL CHECK (counted > 0),
  before_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (network, class, on_day)
);
