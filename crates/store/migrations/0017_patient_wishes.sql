-- What a patient wants of being told and written about (R6, R7): one row a wish in force. `person` is the keyed mark of names
-- and birth date (patients.name_index): a wish holds for the next request, and an opposition outlives the erased identity.
CREATE TABLE patient_wishes (
  network TEXT NOT NULL REFERENCES networks (id),
  person {blob} NOT NULL,
  wish TEXT NOT NULL CHECK (wish IN ('no-messages', 'no-notes', 'no-list', 'tell-carer', 'seeks-doctor')),
  since BIGINT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('desk', 'page', 'closing')),
  PRIMARY KEY (network, person, wish)
);

-- "Avez-vous été reçu ?" (R7): one row a question that left, and what the patient answered last.
CREATE TABLE visit_questions (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  network TEXT NOT NULL REFERENCES networks (id),
  asked_at BIGINT NOT NULL,
  answer TEXT CHECK (answer IN ('yes', 'no')),
  answered_at BIGINT,
  source TEXT CHECK (source IN ('sms', 'page')),
  CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX visit_questions_network ON visit_questions (network, asked_at);
