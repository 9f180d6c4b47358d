INSERT INTO applications VALUES ('apl_1', 'mark-1', NULL, '10001234567', 'filling', '{}', 1000, 2000, NULL, NULL, NULL, NULL);
INSERT INTO applications VALUES ('apl_2', 'mark-2', 'net_1', '10001234567', 'pending', '{}', 1000, NULL, 1500, NULL, NULL, NULL);
INSERT INTO applications VALUES ('apl_3', 'mark-3', 'net_1', '10001234567', 'approved', '{}', 1000, 9000, 1500, 1600, 'usr_1',
  'pro_1');
