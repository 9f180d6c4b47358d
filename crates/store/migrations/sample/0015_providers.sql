UPDATE messages SET provider = 'ovh', provider_ref = '27814656' WHERE id = 'msg_1';
INSERT INTO early_receipts VALUES ('ovh', '27814657', 'delivered', 1000);
INSERT INTO early_receipts VALUES ('smpp', '', 'failed', 1001);
