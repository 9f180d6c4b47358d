INSERT INTO messages (id, idem_key, network, kind, channel, audience, owner, recipient_professional, address, body, status,
  due_at, expires_at, lease_until, lease_owner, attempts, created_at)
  VALUES ('msg_line_1', 'line:1', 'net_1', 'drill', 'sms', 'professional', 'Dr Durand', 'pro_1', '+33639980001', '{}', 'queued',
  1000, NULL, NULL, NULL, 0, 1000);
INSERT INTO messages (id, idem_key, network, kind, channel, audience, owner, recipient_professional, address, body, status,
  due_at, expires_at, lease_until, lease_owner, attempts, created_at)
  VALUES ('msg_line_2', 'line:2', 'net_1', 'drill', 'sms', 'professional', 'Dr Durand', 'pro_1', '+33639980001', '{}', 'sending',
  1000, 5000, 2000, 'node', 1, 1000);
