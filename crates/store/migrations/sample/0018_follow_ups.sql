INSERT INTO follow_ups VALUES ('req_1', 'req_1', 1000);
INSERT INTO past_appointments VALUES ('req_1', 'net_1', 1000, 'no-show', 1001);
