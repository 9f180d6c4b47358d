INSERT INTO patient_ins SELECT id, 'validated', 0, NULL, 1000, 'usr_1' FROM patients WHERE id = 'pat_1';
