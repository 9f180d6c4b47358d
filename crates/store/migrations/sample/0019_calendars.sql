INSERT INTO calendar_feeds VALUES ('pro_1', 'digest', 'initials', 1000, NULL);
INSERT INTO calendar_events VALUES ('pro_1', 'req_1', 'pat_1', 3, 1000, 1001, 1, 1002, 'name', CAST('sealed' AS {blob}), 1003);
