INSERT INTO digests VALUES ('pro_1', 'net_1', 'week', 23, 1000, 2000);
