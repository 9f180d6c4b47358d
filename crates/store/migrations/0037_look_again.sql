-- Networks whose open requests should be looked at again (R4.11), written with the change that asks for it: whoever dies
-- before it has looked leaves it to another.
CREATE TABLE look_again (
  id TEXT PRIMARY KEY,
  network TEXT NOT NULL REFERENCES networks (id),
  node TEXT NOT NULL,
  asked_at BIGINT NOT NULL
);
