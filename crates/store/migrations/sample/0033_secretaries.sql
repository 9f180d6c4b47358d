INSERT INTO secretaries VALUES ('usr_1', 'pro_1', 'net_1', 'usr_1', 900);
UPDATE sessions SET acts_for = 'pro_1' WHERE user_id = 'usr_1';
