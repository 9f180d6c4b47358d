INSERT INTO look_again VALUES ('look_1', 'net_1', 'node', 1000);
