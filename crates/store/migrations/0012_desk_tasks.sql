-- What the desk owes a patient by voice (R7): a call where no message arrives, words that are for a person to read,
-- an "I was not seen". `words` is what the patient wrote, sealed under their data key; `script` holds no identity.
CREATE TABLE desk_tasks (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  request TEXT NOT NULL REFERENCES requests (id),
  kind TEXT NOT NULL CHECK (kind IN ('call', 'words', 'not-seen')),
  made_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  script TEXT NOT NULL,
  words {blob},
  origin TEXT NOT NULL UNIQUE,
  attempts BIGINT NOT NULL DEFAULT 0,
  last_attempt_at BIGINT,
  done_at BIGINT,
  done_by TEXT REFERENCES users (id),
  outcome TEXT CHECK (outcome IN ('reached', 'message-left', 'wrong-number', 'unreachable', 'handled', 'replaced')),
  CHECK ((done_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX desk_tasks_open ON desk_tasks (network, due_at) WHERE done_at IS NULL;
CREATE INDEX desk_tasks_request ON desk_tasks (request);
