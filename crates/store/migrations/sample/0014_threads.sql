INSERT INTO thread_messages VALUES ('req_1', 1, 'net_1', 'pat_1', 'usr_1', 'desk', 1000, 'mark', 1, CAST('sealed' AS {blob}));
INSERT INTO thread_messages VALUES ('req_1', 2, 'net_1', 'pat_1', 'usr_1', 'desk', 1000, 'other', 0, CAST('' AS {blob}));
INSERT INTO thread_photos VALUES ('req_1', 1, 1, 'pat_1', 640, 480, CAST('sealed' AS {blob}));
INSERT INTO thread_reads VALUES ('req_1', 'desk', 2, 1001, NULL);
INSERT INTO thread_reads VALUES ('req_1', 'pro_1', 0, NULL, 1000);
