-- Photos of a request: re-encoded, without metadata, sealed under the patient's data key, so that erasing the
-- patient erases them. `faceless`: the requester confirmed that neither a face nor a name can be seen.
CREATE TABLE photos (
  request TEXT NOT NULL REFERENCES requests (id),
  n BIGINT NOT NULL CHECK (n BETWEEN 1 AND 5),
  patient TEXT NOT NULL REFERENCES patients (id),
  author TEXT NOT NULL REFERENCES users (id),
  added_at BIGINT NOT NULL,
  faceless BIGINT NOT NULL CHECK (faceless IN (0, 1)),
  width BIGINT NOT NULL CHECK (width > 0),
  height BIGINT NOT NULL CHECK (height > 0),
  sealed {blob} NOT NULL,
  PRIMARY KEY (request, n)
);
CREATE INDEX photos_patient ON photos (patient);

-- National cooperation protocols and tests that a professional declared to follow, at a place, from a day on.
-- A sheet proposes a delegated professional only under one of these.
CREATE TABLE cooperations (
  professional TEXT NOT NULL REFERENCES professionals (id),
  protocol TEXT NOT NULL,
  place TEXT NOT NULL,
  since_on TEXT NOT NULL,
  until_on TEXT,
  declared_at BIGINT NOT NULL,
  declared_by TEXT NOT NULL REFERENCES users (id),
  PRIMARY KEY (professional, protocol, place, since_on),
  CHECK (until_on IS NULL OR until_on >= since_on)
);
