INSERT INTO passkeys VALUES ('key-1', 'usr_1', CAST('sealed' AS {blob}), 'iPhone', 1000, 1500, NULL, NULL);
INSERT INTO passkeys VALUES ('key-2', 'usr_1', CAST('sealed' AS {blob}), 'Ordinateur', 1000, NULL, 2000, 'copied');
INSERT INTO recovery_codes VALUES ('usr_1', 'mark', 0, 'usr_1', 1000, 2000);
