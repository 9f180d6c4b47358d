-- Our own secure mailbox (ADR 0040): where reading stopped, by mailbox and by the server's numbering, written with what
-- was made of each mail; one process reads at a time. Letters are mails for a person: nothing of what they say is here,
-- it stays in the mailbox. `mark` is their SHA-256: read twice, they are one.
CREATE TABLE postboxes (
  address TEXT PRIMARY KEY,
  validity BIGINT NOT NULL DEFAULT 0,
  uid BIGINT NOT NULL DEFAULT 0,
  read_at BIGINT,
  held_by TEXT,
  held_until BIGINT,
  CHECK ((held_by IS NULL) = (held_until IS NULL))
);
CREATE TABLE letters (
  mark TEXT PRIMARY KEY,
  arrived_at BIGINT NOT NULL,
  network TEXT REFERENCES networks (id),
  request TEXT REFERENCES requests (id),
  read_at BIGINT,
  read_by TEXT REFERENCES users (id),
  CHECK ((network IS NULL) = (request IS NULL)),
  CHECK ((read_at IS NULL) = (read_by IS NULL))
);
CREATE INDEX letters_unread ON letters (arrived_at) WHERE read_at IS NULL;
-- What is known of appointments afterwards has a class of its own: the table of the proof names it. Made anew rather
-- than renamed, so that both engines tell of it in the same words.
CREATE TABLE purges_before (
  network TEXT NOT NULL,
  class TEXT NOT NULL,
  on_day TEXT NOT NULL,
  counted BIGINT NOT NULL,
  before_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);
INSERT INTO purges_before (network, class, on_day, counted, before_at, last_at)
  SELECT network, class, on_day, counted, before_at, last_at FROM purges;
DROP TABLE purges;
CREATE TABLE purges (
  network TEXT NOT NULL REFERENCES networks (id),
  class TEXT NOT NULL CHECK (class IN ('identities', 'notes', 'photos', 'threads', 'texts', 'visits')),
  on_day TEXT NOT NULL,
  counted BIGINT NOT NULL CHECK (counted > 0),
  before_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (network, class, on_day)
);
INSERT INTO purges (network, class, on_day, counted, before_at, last_at)
  SELECT network, class, on_day, counted, before_at, last_at FROM purges_before;
DROP TABLE purges_before;
