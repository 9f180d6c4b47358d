INSERT INTO protocol_versions VALUES ('net_1', 'GORGE', 1, 'signed', 5, 'Mal de gorge', '{"code":"GORGE"}', 'usr_1',
  1000, 'usr_1', 1000, 'Dr Zoé Ferrand', '10001234567', 2000, 'usr_1', 900000, 3000);
INSERT INTO protocol_versions VALUES ('net_1', 'GORGE', 2, 'draft', 1, 'Mal de gorge', '{}', 'command', 4000,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO protocol_versions VALUES ('net_2', 'TRONC', 1, 'retired', 3, 'Tronc commun', '{}', 'usr_2', 4000,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, 4000);
INSERT INTO protocol_counts VALUES ('net_1', 'GORGE', 1, 'gorge-1', 2, 130, 1, 1);
