-- Which request was raised as another one was closed, for the same patient (R8).
CREATE TABLE follow_ups (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  origin TEXT NOT NULL REFERENCES requests (id),
  made_at BIGINT NOT NULL
);
CREATE INDEX follow_ups_origin ON follow_ups (origin);

-- Appointments as they ended (R8): one row a request closed with an agreed hour.
CREATE TABLE past_appointments (
  request TEXT PRIMARY KEY REFERENCES requests (id),
  network TEXT NOT NULL REFERENCES networks (id),
  ends_at BIGINT NOT NULL,
  closure TEXT NOT NULL,
  closed_at BIGINT NOT NULL
);
CREATE INDEX past_appointments_network ON past_appointments (network, ends_at);
