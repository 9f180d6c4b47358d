INSERT INTO purges VALUES ('net_1', 'identities', '2026-11-26', 3, 1000, 1001);
INSERT INTO purges VALUES ('net_1', 'texts', '2026-11-26', 500, 1000, 1001);
