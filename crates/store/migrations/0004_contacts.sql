-- The open contact: a call in progress or on hold, a web form waiting to be called back, a ringing phone are all a
-- contact whose outcome is null. What was typed is sealed under a data key of its own (`dek`, under the network's key
-- `key_id`), like a patient's identity; `body`, `triage` and the rest hold no identity.
ALTER TABLE contacts ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE contacts ADD COLUMN kind TEXT NOT NULL DEFAULT 'call'
  CHECK (kind IN ('call', 'web', 'ring', 'counter', 'api'));
ALTER TABLE contacts ADD COLUMN holder TEXT;
ALTER TABLE contacts ADD COLUMN saved_at BIGINT;
ALTER TABLE contacts ADD COLUMN promised_at BIGINT;
ALTER TABLE contacts ADD COLUMN due_at BIGINT;
ALTER TABLE contacts ADD COLUMN due_why TEXT CHECK (due_why IN ('closing', 'call-back'));
ALTER TABLE contacts ADD COLUMN key_id TEXT;
ALTER TABLE contacts ADD COLUMN dek {blob};
ALTER TABLE contacts ADD COLUMN draft {blob};
ALTER TABLE contacts ADD COLUMN caller_index {blob};
ALTER TABLE contacts ADD COLUMN sheet TEXT;
ALTER TABLE contacts ADD COLUMN sheet_version BIGINT;
ALTER TABLE contacts ADD COLUMN triage TEXT;
ALTER TABLE contacts ADD COLUMN happened_at BIGINT;
ALTER TABLE contacts ADD COLUMN entered_late BIGINT NOT NULL DEFAULT 0 CHECK (entered_late IN (0, 1));
ALTER TABLE contacts ADD COLUMN reason_code TEXT;
ALTER TABLE contacts ADD COLUMN pointer TEXT;
-- Contacts left open before this step end a day after they came.
UPDATE contacts SET due_at = received_at + 86400000, due_why = 'closing' WHERE outcome IS NULL;
CREATE INDEX contacts_open ON contacts (network, received_at) WHERE outcome IS NULL;
CREATE INDEX contacts_due ON contacts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX contacts_held ON contacts (holder) WHERE holder IS NOT NULL;
CREATE INDEX contacts_caller ON contacts (network, caller_index) WHERE caller_index IS NOT NULL;
CREATE INDEX contacts_drafts ON contacts (ended_at) WHERE draft IS NOT NULL;
