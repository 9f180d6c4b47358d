INSERT INTO postboxes VALUES ('snp@cpts.mssante.fr', 1, 42, 1000, NULL, NULL);
INSERT INTO postboxes VALUES ('other@cpts.mssante.fr', 0, 0, NULL, 'node', 2000);
INSERT INTO letters VALUES ('00ff', 1000, 'net_1', 'req_1', NULL, NULL);
INSERT INTO letters VALUES ('00fe', 1001, NULL, NULL, NULL, NULL);
INSERT INTO purges VALUES ('net_1', 'visits', '2026-11-26', 2, 1000, 1001);
