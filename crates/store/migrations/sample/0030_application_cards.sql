INSERT INTO application_cards VALUES ('apl_2', 1500, CAST('sealed' AS {blob}));
