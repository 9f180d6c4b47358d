INSERT INTO counters (name, value) VALUES ('directory', 3);
INSERT INTO communes VALUES ('91377', 'Massy', 'MASSY', '91300', '91', 48730000, 2280000, 48725600, 2270900, 50000);
INSERT INTO networks VALUES ('net_1', 'SNP91', 'CPTS du Nord Essonne', 'Nord Essonne', 'cpts', '0160000000',
  'Europe/Paris', '{"v":1}', 1, 'active');
INSERT INTO networks VALUES ('net_2', 'SNP92', 'CPTS voisine', 'Voisine', 'cpts', '0140000000', 'Europe/Paris',
  '{"v":1}', 1, 'active');
INSERT INTO network_settings VALUES ('net_1', 1, '{"v":1}', 1000, 'usr_1');
INSERT INTO network_communes VALUES ('net_1', '91377', 0);
INSERT INTO sharing VALUES ('net_1', 'net_2', 'active', 1000);
INSERT INTO professionals VALUES ('pro_1', '10000000001', 'Dr', 'Durand', 'Anne', 'gp', NULL, 'titular', NULL, NULL,
  NULL, '0160000001', '+33600000001', 'anne@example.org', NULL, 1, 'active', '{"v":1}', 1);
INSERT INTO places VALUES ('plc_1', 'pro_1', 'Cabinet', '1 rue de Paris', '91300', '91377', 48730000, 2280000, 1);
INSERT INTO memberships VALUES ('pro_1', 'net_1', 'active', 1000);
INSERT INTO users VALUES ('usr_1', 'anne', 'Anne Durand', 'professional', 'net_1', 'pro_1', NULL, NULL, 'active',
  1000, NULL);
INSERT INTO sessions VALUES ('ses_1', 'hash1', 'usr_1', 1000, 1000, 1000, 9000, NULL, 'Téléphone', 0);
INSERT INTO tokens VALUES ('tok_1', 'hash2', NULL, 'net_1', 'partner', NULL, 'SAS', 1000, NULL, NULL);
INSERT INTO login_attempts VALUES ('anne', 1000, 0);
INSERT INTO push_devices VALUES ('psh_1', 'usr_1', 'https://push.example.org/1', 'k', 'a', 'Téléphone', 1000, NULL);
INSERT INTO patients (id, network, key_id, sex, insee, postcode, created_at, erased_at)
  VALUES ('pat_1', 'net_1', 'k1', 'F', '91377', '91300', 1000, 2000);
INSERT INTO requests VALUES ('req_1', 'net_1', '4812', 1, 'unfilled', NULL, 5000, 'desk', 1000, 1000, 'pat_1', 'operator',
  'usr_1', NULL, NULL, 'gp', '91377', '{"v":1}');
INSERT INTO offers VALUES ('off_1', 'req_1', 'pro_1', 'net_1', 1, 'community', 'lapsed', 1000, NULL, '4821',
  '+33600000001', 1000, '{"v":1}');
INSERT INTO verdicts VALUES ('req_1', 1, 'community', 1000, '{"v":1}');
INSERT INTO request_notes VALUES ('not_1', 'req_1', 'usr_1', 1000, 'Rappeler à 18 h');
INSERT INTO contacts VALUES ('con_1', 'net_1', 'patient', 'request', 'req_1', 'pat_1', 'usr_1', 900, 1000, '{"v":1}', NULL);
INSERT INTO messages (id, idem_key, network, request, offer, kind, channel, audience, owner, recipient_professional,
  address, body, status, due_at, attempts, created_at)
  VALUES ('msg_1', 'off_1:sms', 'net_1', 'req_1', 'off_1', 'offer', 'sms', 'professional', 'Dr Durand', 'pro_1',
  '+33600000001', 'Une demande', 'sent', 1000, 1, 1000);
INSERT INTO idempotency VALUES ('usr_1', 'abc', 'POST /requests', 'hash', 201, '{}', 1000);
INSERT INTO journal VALUES ('net_1', 1, 'evt_1', 1000, 'usr_1', 'operator', 'request.raised', 'req_1', 'pat_1', NULL,
  'web', '{}', '0', '1');
INSERT INTO journal_heads VALUES ('net_1', 1, '1');
INSERT INTO anchors VALUES ('net_1', 1, '1', 1000);
INSERT INTO demo_state VALUES ('clock', '0');
