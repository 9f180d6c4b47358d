-- The processes that share this database, each with its last sign of life: one sees that another is silent.
CREATE TABLE nodes (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  body TEXT NOT NULL
);
