-- Notes to the usual doctor (R8, ADR 0028): one row a version, written once. What it says, its PDF and its archive are
-- sealed under the patient's data key. `fate`: why it goes nowhere by secure mail, or `sent` when it has a message.
CREATE TABLE syntheses (
  request TEXT NOT NULL REFERENCES requests (id),
  version BIGINT NOT NULL CHECK (version > 0),
  network TEXT NOT NULL REFERENCES networks (id),
  patient TEXT NOT NULL REFERENCES patients (id),
  author TEXT NOT NULL REFERENCES users (id),
  validated_at BIGINT NOT NULL,
  content {blob} NOT NULL,
  pdf {blob} NOT NULL,
  archive {blob} NOT NULL,
  digest TEXT NOT NULL,
  doctor TEXT REFERENCES professionals (id),
  fate TEXT NOT NULL CHECK (fate IN ('sent', 'no-consent', 'no-doctor', 'no-mailbox', 'off', 'withdrawn', 'replaced')),
  message TEXT REFERENCES messages (id),
  read_at BIGINT,
  displayed_at BIGINT,
  error_code TEXT,
  PRIMARY KEY (request, version),
  CHECK (fate <> 'sent' OR message IS NOT NULL)
);
CREATE INDEX syntheses_patient ON syntheses (patient);
CREATE INDEX syntheses_doctor ON syntheses (doctor, validated_at) WHERE doctor IS NOT NULL;
CREATE INDEX syntheses_network ON syntheses (network, validated_at);
CREATE INDEX syntheses_message ON syntheses (message) WHERE message IS NOT NULL;

-- Secure mailboxes of professionals, as the national directory publishes them.
CREATE TABLE mailboxes (
  rpps TEXT NOT NULL,
  address TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('personal', 'organisation', 'application')),
  run BIGINT NOT NULL,
  PRIMARY KEY (rpps, address)
);
CREATE INDEX mailboxes_run ON mailboxes (run);
