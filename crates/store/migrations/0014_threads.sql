-- The thread of a request (ADR 0034): what desk, requester, accepter and usual professional write to one another.
-- Texts and photos are sealed under the patient's data key and go with it. `mark` recognises what the same author
-- already sent under the same key, and tells nothing of it.
CREATE TABLE thread_messages (
  request TEXT NOT NULL REFERENCES requests (id),
  n BIGINT NOT NULL CHECK (n > 0),
  network TEXT NOT NULL REFERENCES networks (id),
  patient TEXT NOT NULL REFERENCES patients (id),
  author TEXT NOT NULL REFERENCES users (id),
  side TEXT NOT NULL CHECK (side IN ('desk', 'requester', 'accepter', 'usual')),
  at BIGINT NOT NULL,
  mark TEXT NOT NULL,
  photos BIGINT NOT NULL CHECK (photos BETWEEN 0 AND 5),
  sealed {blob} NOT NULL,
  PRIMARY KEY (request, n),
  UNIQUE (request, author, mark)
);
CREATE INDEX thread_messages_patient ON thread_messages (patient);
CREATE INDEX thread_messages_network ON thread_messages (network, at);

CREATE TABLE thread_photos (
  request TEXT NOT NULL,
  message BIGINT NOT NULL,
  n BIGINT NOT NULL CHECK (n BETWEEN 1 AND 5),
  patient TEXT NOT NULL REFERENCES patients (id),
  width BIGINT NOT NULL CHECK (width > 0),
  height BIGINT NOT NULL CHECK (height > 0),
  sealed {blob} NOT NULL,
  PRIMARY KEY (request, message, n),
  FOREIGN KEY (request, message) REFERENCES thread_messages (request, n)
);
CREATE INDEX thread_photos_patient ON thread_photos (patient);

-- How far each reader has read, and when they were last told that something waits. The desk reads as one.
CREATE TABLE thread_reads (
  request TEXT NOT NULL REFERENCES requests (id),
  reader TEXT NOT NULL,
  n BIGINT NOT NULL,
  read_at BIGINT,
  told_at BIGINT,
  PRIMARY KEY (request, reader)
);
