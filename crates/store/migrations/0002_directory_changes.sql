-- What each version of the directory changed, one row a version: whoever holds an earlier version in memory reads
-- only what moved. `stamp` is chance: a version that was never committed cannot be taken for the one that was.
CREATE TABLE directory_changes (
  version BIGINT PRIMARY KEY,
  stamp BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('professional', 'network', 'user')),
  id TEXT NOT NULL
);
