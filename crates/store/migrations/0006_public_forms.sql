-- What somebody is filling in on a network's public form: found by the fingerprint of a token only their browser has,
-- sealed like a patient's identity, gone after an hour. Once sent, `answers` keeps what the last page repeats.
CREATE TABLE public_forms (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  key_id TEXT NOT NULL,
  dek {blob} NOT NULL,
  answers {blob} NOT NULL,
  started_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  contact TEXT REFERENCES contacts (id),
  promised_at BIGINT,
  CHECK ((contact IS NULL) = (promised_at IS NULL))
);
CREATE INDEX public_forms_expiry ON public_forms (expires_at);
CREATE INDEX public_forms_network ON public_forms (network, expires_at);
-- How often each thing happened on it, by civil day of the network. No identity, no address.
CREATE TABLE public_counts (
  network TEXT NOT NULL REFERENCES networks (id),
  day TEXT NOT NULL,
  what TEXT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (network, day, what)
);
-- A message to somebody who is no patient yet: the number is in the contact's sealed draft.
ALTER TABLE messages ADD COLUMN recipient_contact TEXT REFERENCES contacts (id);
