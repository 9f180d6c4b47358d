INSERT INTO patient_links VALUES ('req_1', 'net_1', 'digest', 'sealed', 1000, NULL, 20, 2000);
