-- An import writes what differs from what is here (ADR 0046): entries carry no stamp of it any more, and how far it went
-- is what is in the table. On SQLite the entries are clustered by person: one tree less to write.
-- only: sqlite
ALTER TABLE national_directory RENAME TO national_rows;
CREATE TABLE national_directory (
  rpps TEXT NOT NULL,
  insee TEXT NOT NULL,
  profession TEXT NOT NULL,
  civility TEXT NOT NULL,
  last_name TEXT NOT NULL,
  first_name TEXT NOT NULL,
  commune TEXT NOT NULL,
  postcode TEXT NOT NULL,
  dept TEXT NOT NULL,
  phone TEXT,
  search TEXT NOT NULL,
  PRIMARY KEY (rpps, insee)
) WITHOUT ROWID;
INSERT INTO national_directory (rpps, insee, profession, civility, last_name, first_name, commune, postcode, dept, phone, search)
  SELECT rpps, insee, profession, civility, last_name, first_name, commune, postcode, dept, phone, search
  FROM national_rows ORDER BY rpps, insee;
DROP TABLE national_rows;
CREATE INDEX national_directory_near ON national_directory (profession, dept, search);
CREATE INDEX national_directory_name ON national_directory (profession, search);
-- end
-- only: postgres
ALTER TABLE national_directory DROP COLUMN run;
-- end
ALTER TABLE directory_imports DROP COLUMN lines_done;
