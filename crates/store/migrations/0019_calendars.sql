-- Calendar feeds of professionals (ADR 0034): an address of 128 bits kept as a digest, revoked by forgetting it, and
-- what was last said of each appointment, so that a change has a number and a cancellation is told. `label` says who
-- the patient is as far as the professional chose, sealed under the patient's data key.
CREATE TABLE calendar_feeds (
  professional TEXT PRIMARY KEY REFERENCES professionals (id),
  digest TEXT UNIQUE,
  detail TEXT NOT NULL CHECK (detail IN ('nothing', 'initials', 'name')),
  made_at BIGINT NOT NULL,
  read_at BIGINT
);
CREATE TABLE calendar_events (
  professional TEXT NOT NULL REFERENCES professionals (id),
  request TEXT NOT NULL REFERENCES requests (id),
  patient TEXT NOT NULL REFERENCES patients (id),
  sequence BIGINT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  cancelled BIGINT NOT NULL CHECK (cancelled IN (0, 1)),
  changed_at BIGINT NOT NULL,
  detail TEXT NOT NULL CHECK (detail IN ('nothing', 'initials', 'name')),
  label {blob},
  shown_at BIGINT NOT NULL,
  PRIMARY KEY (professional, request)
);
CREATE INDEX calendar_events_patient ON calendar_events (patient);
