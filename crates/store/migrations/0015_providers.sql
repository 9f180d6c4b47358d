-- Which provider took a message: its receipts come under its own reference, and its silences are its own (ADR 0027).
ALTER TABLE messages ADD COLUMN provider TEXT;
CREATE INDEX messages_taken ON messages (channel, provider, sent_at) WHERE provider IS NOT NULL;

-- Receipts that came before our record of the message they are about, by the provider's reference. Kept an hour.
CREATE TABLE early_receipts (
  provider TEXT NOT NULL,
  reference TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('delivered', 'seen', 'failed')),
  received_at BIGINT NOT NULL,
  PRIMARY KEY (provider, reference)
);
CREATE INDEX early_receipts_age ON early_receipts (received_at);
