-- Answers to forms until they are gone back to: sealed, each under chance letters its session knows, a few
-- of each session. Not in the session itself, which every request reads whole (docs/adr/0019).
CREATE TABLE web_answer (
    name varchar(40) NOT NULL PRIMARY KEY,
    status smallint NOT NULL,
    sealed bytea NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX web_answer_kept_at ON web_answer (kept_at);
