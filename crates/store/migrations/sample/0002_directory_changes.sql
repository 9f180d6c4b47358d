INSERT INTO directory_changes VALUES (3, 7, 'professional', 'pro_1');
