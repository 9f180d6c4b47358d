INSERT INTO photos VALUES ('req_1', 1, 'pat_1', 'usr_1', 1000, 1, 1600, 1200, CAST('sealed' AS {blob}));
INSERT INTO photos VALUES ('req_1', 5, 'pat_1', 'usr_1', 1000, 0, 1, 1, CAST('' AS {blob}));
INSERT INTO cooperations VALUES ('pro_1', 'cystite', 'Pharmacie des Sablons, Massy', '2026-01-05', NULL, 1000, 'usr_1');
INSERT INTO cooperations VALUES ('pro_1', 'cystite', 'Pharmacie des Sablons, Massy', '2025-01-05', '2025-12-31', 900, 'usr_1');
