INSERT INTO roles VALUES ('usr_1', 'net_1', 'regulator', 'usr_1', 1000);
INSERT INTO roles VALUES ('usr_1', 'net_1', 'coordinator', 'usr_1', 1001);
UPDATE sessions SET worn_network = 'net_1', worn_role = 'regulator';
