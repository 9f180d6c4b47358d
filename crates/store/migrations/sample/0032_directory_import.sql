INSERT INTO national_directory (rpps, insee, profession, civility, last_name, first_name, commune, postcode, dept, search)
  VALUES ('99707778207', '91534', 'gp', 'Dr', 'LAPORTE', 'Alexandre', 'Saclay', '91400', '91', 'laporte alexandre saclay');
