INSERT INTO patients (id, network, key_id, dek, sex, insee, postcode, created_at, usual_outside)
  VALUES ('pat_k', 'net_1', 'k1', 'dek', 'F', '91377', '91300', 1000, 'sealed');
INSERT INTO patient_marks VALUES ('net_1', 'phone', 'mark', 'pat_k');
INSERT INTO national_directory VALUES ('99707778207', '67076', 'gp', 'Dr', 'LAPORTE', 'Alexandre', 'Colroy-la-Roche',
  '67420', '67', NULL, 'laporte alexandre colroy la roche', 1);
INSERT INTO directory_imports VALUES ('digest', 1, 1, 2, 1000, NULL);
INSERT INTO phone_calls VALUES ('net_1', 'call-1', 'con_1', 'ringing', NULL, 1000);
