INSERT INTO approvals VALUES ('pro_1', 1000, 'usr_1', CAST('sealed' AS {blob}));
