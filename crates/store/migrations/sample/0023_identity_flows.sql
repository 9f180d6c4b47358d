INSERT INTO identity_flows VALUES ('state-1', 'browser-1', CAST('sealed' AS {blob}), 1000, 2000);
UPDATE sessions SET hint_sealed = CAST('sealed' AS {blob});
