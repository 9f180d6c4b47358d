INSERT INTO stand_ins VALUES ('pro_1', 'pro_1', 1000, 2000, 1, 'net_1', 900, 'usr_1');
INSERT INTO stand_ins VALUES ('pro_1', 'pro_1', 2000, 3000, 0, 'net_1', 900, 'usr_1');
