INSERT INTO messages (id, idem_key, network, kind, channel, audience, owner, recipient_professional, address, body, status,
  due_at, attempts, created_at, sent_at, seen_at)
  VALUES ('msg_drill', 'drill:1', 'net_1', 'drill', 'sms', 'professional', 'Dr Durand', 'pro_1', '+33639980001', '{}', 'sent',
  1000, 1, 1000, 1001, 1500);
