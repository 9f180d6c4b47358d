INSERT INTO desk_tasks VALUES ('dtk_1', 'net_1', 'req_1', 'call', 1000, 2000, 'Bonjour, ici SNP91.', NULL, 'm1', 1, 1500, NULL, NULL, NULL);
INSERT INTO desk_tasks VALUES ('dtk_2', 'net_1', 'req_1', 'words', 1000, 2000, '', 'sealed', 'm2', 0, NULL, 3000, 'usr_1', 'handled');
