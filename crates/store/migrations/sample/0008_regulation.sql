INSERT INTO regulator_duties VALUES ('dut_1', 'net_1', 'usr_1', 1000, 9000, NULL);
INSERT INTO regulator_duties VALUES ('dut_0', 'net_1', 'usr_1', 500, 900, 800);
INSERT INTO regulator_claims VALUES ('req_1', 'usr_1', 1000);
INSERT INTO regulator_notes VALUES ('rno_1', 'req_1', 'usr_1', 1000, 'advice', 'Boire, rappeler si la fièvre monte');
INSERT INTO red_flag_overrides VALUES ('ovr_1', 'net_1', 'req_1', 'usr_1', 1000, '["Est-il inconscient ?"]', 'Coché par erreur');
