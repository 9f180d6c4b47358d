-- The photo of a professional card, for the coordinator who decides: sealed, one an application, gone with the decision.
CREATE TABLE application_cards (
  application TEXT PRIMARY KEY REFERENCES applications (id),
  added_at BIGINT NOT NULL,
  sealed {blob} NOT NULL
);
