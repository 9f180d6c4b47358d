INSERT INTO protocol_signings VALUES ('net_1', 'GORGE', 1, 'pro_1', 12, 'usr_1', 1500, NULL, NULL);
INSERT INTO protocol_signings VALUES ('net_1', 'GORGE', 2, 'pro_1', 6, 'usr_1', 4500, 5000, 'La question 3 n''est pas claire.');
