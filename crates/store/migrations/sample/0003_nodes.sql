INSERT INTO nodes VALUES ('00ff', 'relais-1', '0.1.0', 1000, 9000, '{"v":1}');
INSERT INTO nodes VALUES ('01ff', 'relais-1', '0.1.0', 2000, 2000, '{}');
