-- The patient's own page (ADR 0029): a link of 128 bits, sealed under the master key, found again by its digest. It
-- says nothing of who the patient is; what they told on their way (late) stands beside it.
CREATE TABLE patient_links (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  network TEXT NOT NULL REFERENCES networks (id),
  digest TEXT NOT NULL UNIQUE,
  sealed {blob} NOT NULL,
  made_at BIGINT NOT NULL,
  revoked_at BIGINT,
  late_minutes BIGINT,
  late_at BIGINT
);
