-- Who was asked to sign a version of a sheet, and said no if they did. The signature itself stands with the version.
-- `declined_why` is what a clinician says of the sheet: nobody's identity.
CREATE TABLE protocol_signings (
  network TEXT NOT NULL REFERENCES networks (id),
  code TEXT NOT NULL,
  version BIGINT NOT NULL,
  professional TEXT NOT NULL REFERENCES professionals (id),
  months BIGINT NOT NULL CHECK (months > 0),
  asked_by TEXT NOT NULL REFERENCES users (id),
  asked_at BIGINT NOT NULL,
  declined_at BIGINT,
  declined_why TEXT,
  PRIMARY KEY (network, code, version),
  CHECK ((declined_at IS NULL) = (declined_why IS NULL))
);
CREATE INDEX protocol_signings_professional ON protocol_signings (professional) WHERE declined_at IS NULL;
