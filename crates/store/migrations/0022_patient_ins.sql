-- How sure an identity is, and the national number with what it needs to be sent (R2, INS): one row a record whose
-- identity somebody looked at. `sealed` holds number, list and place of birth under the patient's data key, and goes with it.
-- A record without a row is provisional.
CREATE TABLE patient_ins (
  patient TEXT PRIMARY KEY REFERENCES patients (id),
  status TEXT NOT NULL CHECK (status IN ('provisional', 'retrieved', 'validated', 'qualified')),
  doubtful BIGINT NOT NULL CHECK (doubtful IN (0, 1)),
  sealed {blob},
  set_at BIGINT NOT NULL,
  set_by TEXT NOT NULL REFERENCES users (id),
  CHECK (doubtful = 0 OR status IN ('provisional', 'retrieved')),
  CHECK (sealed IS NOT NULL OR status IN ('provisional', 'validated'))
);
