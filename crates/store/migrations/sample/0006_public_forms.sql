INSERT INTO public_forms VALUES ('00aa', 'net_1', 'k1', CAST('dek' AS {blob}), CAST('sealed' AS {blob}), 1000, 3601000,
  NULL, NULL);
INSERT INTO public_forms VALUES ('00bb', 'net_1', 'k1', CAST('dek' AS {blob}), CAST('sealed' AS {blob}), 1000, 3601000,
  'con_1', 2000);
INSERT INTO public_counts VALUES ('net_1', '2026-11-20', 'fifteen', 3);
