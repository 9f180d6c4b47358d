-- Who stands in for whom, between two moments (R5, ADR 0039). `inherits`: the patients who declared the absent one as
-- usual professional are put to the locum as they would be to them.
CREATE TABLE stand_ins (
  locum TEXT NOT NULL REFERENCES professionals (id),
  absent TEXT NOT NULL REFERENCES professionals (id),
  from_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  inherits BIGINT NOT NULL CHECK (inherits IN (0, 1)),
  network TEXT NOT NULL REFERENCES networks (id),
  written_at BIGINT NOT NULL,
  written_by TEXT NOT NULL REFERENCES users (id),
  PRIMARY KEY (locum, absent, from_at)
);
CREATE INDEX stand_ins_absent ON stand_ins (absent, until_at);
CREATE INDEX stand_ins_locum ON stand_ins (locum, until_at);
