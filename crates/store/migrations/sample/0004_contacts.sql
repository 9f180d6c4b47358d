INSERT INTO contacts (id, network, origin, outcome, operator, received_at, body, version, kind, holder, saved_at, due_at,
  due_why, sheet, sheet_version, triage)
  VALUES ('con_2', 'net_1', 'patient', NULL, 'usr_1', 2000, '{"motives":["fievre"]}', 4, 'call', 'usr_1', 2500, 9000,
  'closing', 'TRONC', 3, '{"tronc-1":"no"}');
INSERT INTO contacts (id, network, origin, outcome, received_at, body, kind, promised_at, due_at, due_why)
  VALUES ('con_3', 'net_1', 'web', NULL, 2100, '{}', 'web', 3000, 3000, 'call-back');
INSERT INTO contacts (id, network, origin, outcome, received_at, ended_at, body, kind, happened_at, entered_late,
  reason_code, pointer)
  VALUES ('con_4', 'net_1', 'relative', 'out-of-territory', 2200, 2300, '{}', 'call', 1500, 1, NULL, 'CPTS voisine');
