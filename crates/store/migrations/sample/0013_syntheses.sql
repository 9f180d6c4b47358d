INSERT INTO syntheses VALUES ('req_1', 1, 'net_1', 'pat_1', 'usr_1', 1000, CAST('sealed' AS {blob}),
  CAST('sealed' AS {blob}), CAST('sealed' AS {blob}), 'digest', 'pro_1', 'no-mailbox', NULL, 1001, NULL, NULL);
INSERT INTO syntheses VALUES ('req_1', 2, 'net_1', 'pat_1', 'usr_1', 1002, CAST('' AS {blob}),
  CAST('' AS {blob}), CAST('' AS {blob}), 'digest', NULL, 'sent', 'msg_1', NULL, 1003, '903');
INSERT INTO mailboxes VALUES ('10001234567', 'adam.hoda@medecin.mssante.fr', 'personal', 1);
