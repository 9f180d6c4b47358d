INSERT INTO invitations VALUES ('inv_1', 'net_1', 'mark-1', 'usr_9', 'Odile Mersan', 'odile.mersan@exemple.fr', 'operator', NULL, CAST('sealed' AS {blob}), 'usr_1', 1000, 2000);
INSERT INTO invitations VALUES ('inv_2', 'net_1', 'mark-2', 'usr_8', 'Dr Tancrède Le Tellec-Ozanne', 'tancrede@exemple.fr', 'regulator', '10001234567', CAST('sealed' AS {blob}), 'usr_1', 1000, 2000);
