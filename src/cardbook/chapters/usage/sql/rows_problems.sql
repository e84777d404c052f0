-- The first problems of the staged rows as a set, errors before notes.
INSERT INTO imports_problem (file_id, row, field, code, sentence, remedy, is_error)
SELECT %(file)s, row, field, code, left(sentence, 300), left(remedy, 300), is_error
FROM found ORDER BY is_error DESC, row, field, code LIMIT %(room)s
