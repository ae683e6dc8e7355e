package journal

// batchSchema is the part of the schema that keeps a batch's rows of which no
// operation came: the user was refused, something held them back, the project
// was not reached. A row is kept by its reference; the latest try takes the
// place of the one before, for it moved nothing either.
const batchSchema = `
CREATE TABLE batch_rows (
  profile        TEXT    NOT NULL,
  batch          TEXT    NOT NULL,
  ref            TEXT    NOT NULL,
  line           INTEGER NOT NULL,
  kind           TEXT    NOT NULL,
  user_id        TEXT    NOT NULL,
  amount         INTEGER NOT NULL,
  currency       TEXT    NOT NULL,
  payment_method TEXT    NOT NULL,
  request_id     TEXT    NOT NULL,
  outcome        TEXT    NOT NULL,
  code           TEXT    NOT NULL,
  message        TEXT    NOT NULL,
  at             INTEGER NOT NULL,
  checksum       BLOB    NOT NULL,
  PRIMARY KEY (profile, batch, ref)
) WITHOUT ROWID, STRICT;
`
