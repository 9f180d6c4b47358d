-- Who is known: patients found again by keyed marks, the national directory, calls told by a telephone exchange.

-- Keyed marks of a patient's record (ADR 0004, ADR 0021): several spellings of one name, both numbers. A mark is an
-- HMAC under the network's index key; it says nothing to whoever lacks the key, and goes with the identity.
CREATE TABLE patient_marks (
  network TEXT NOT NULL REFERENCES networks (id),
  kind TEXT NOT NULL CHECK (kind IN ('phone', 'dated-phone', 'dated-name', 'dated-first')),
  mark {blob} NOT NULL,
  patient TEXT NOT NULL REFERENCES patients (id),
  PRIMARY KEY (network, kind, mark, patient)
);
CREATE INDEX patient_marks_patient ON patient_marks (patient);

-- A usual doctor who is no member, as the directory names them: sealed under the record's key.
ALTER TABLE patients ADD COLUMN usual_outside {blob};

-- The national directory of professionals, public: one row a person and commune of work.
CREATE TABLE national_directory (
  rpps TEXT NOT NULL,
  insee TEXT NOT NULL,
  profession TEXT NOT NULL,
  civility TEXT NOT NULL,
  last_name TEXT NOT NULL,
  first_name TEXT NOT NULL,
  commune TEXT NOT NULL,
  postcode TEXT NOT NULL,
  dept TEXT NOT NULL,
  phone TEXT,
  search TEXT {bytewise} NOT NULL,
  run BIGINT NOT NULL,
  PRIMARY KEY (rpps, insee)
);
CREATE INDEX national_directory_near ON national_directory (profession, dept, search);
CREATE INDEX national_directory_name ON national_directory (profession, search);
CREATE INDEX national_directory_run ON national_directory (run);

-- One row a file of the directory that was imported: an import that was cut goes on where it was.
CREATE TABLE directory_imports (
  digest TEXT PRIMARY KEY,
  run BIGINT NOT NULL UNIQUE,
  entries BIGINT NOT NULL,
  lines_done BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT
);

-- Calls told by a telephone exchange, by its own number for the call.
CREATE TABLE phone_calls (
  network TEXT NOT NULL REFERENCES networks (id),
  call_id TEXT NOT NULL,
  contact TEXT NOT NULL REFERENCES contacts (id),
  state TEXT NOT NULL CHECK (state IN ('ringing', 'answered', 'ended')),
  desk TEXT,
  told_at BIGINT NOT NULL,
  PRIMARY KEY (network, call_id)
);
CREATE INDEX phone_calls_contact ON phone_calls (contact);

-- The name of somebody's telephone set, as the exchange says it.
ALTER TABLE users ADD COLUMN desk TEXT;
CREATE UNIQUE INDEX users_desk ON users (network, desk) WHERE desk IS NOT NULL;
