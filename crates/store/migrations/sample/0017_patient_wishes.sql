INSERT INTO patient_wishes VALUES ('net_1', CAST('mark' AS {blob}), 'no-notes', 1000, 'desk');
INSERT INTO patient_wishes VALUES ('net_1', CAST('mark' AS {blob}), 'seeks-doctor', 1001, 'closing');
INSERT INTO visit_questions VALUES ('req_1', 'net_1', 1000, 'no', 1001, 'sms');
