-- Orientation sheets by version. A version in force is never edited; `body` is the sheet as JSON, without anybody.
CREATE TABLE protocol_versions (
  network TEXT NOT NULL REFERENCES networks (id),
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'reviewed', 'signed', 'retired')),
  revision BIGINT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  author TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  reviewed_by TEXT,
  reviewed_at BIGINT,
  signed_by TEXT,
  signed_rpps TEXT,
  signed_at BIGINT,
  recorded_by TEXT,
  expires_at BIGINT,
  in_force_from BIGINT,
  PRIMARY KEY (network, code, version)
);
CREATE INDEX protocol_versions_force ON protocol_versions (network, in_force_from) WHERE in_force_from IS NOT NULL;

-- How often each question was answered, and passed over, by version.
CREATE TABLE protocol_counts (
  network TEXT NOT NULL REFERENCES networks (id),
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  question TEXT NOT NULL,
  yes BIGINT NOT NULL,
  no BIGINT NOT NULL,
  unknown BIGINT NOT NULL,
  overridden BIGINT NOT NULL,
  PRIMARY KEY (network, code, version, question)
);
