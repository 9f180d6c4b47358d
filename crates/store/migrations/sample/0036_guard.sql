INSERT INTO spent_tokens VALUES ('mark-1', 1000);
UPDATE public_forms SET source = 'mark-of-a-48' WHERE id = '00aa';
