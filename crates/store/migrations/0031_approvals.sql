-- The scan of the Order's approval of whoever practises under a contract: sealed, one a person, gone with the contract.
CREATE TABLE approvals (
  professional TEXT PRIMARY KEY REFERENCES professionals (id),
  added_at BIGINT NOT NULL,
  added_by TEXT NOT NULL REFERENCES users (id),
  sealed {blob} NOT NULL
);
