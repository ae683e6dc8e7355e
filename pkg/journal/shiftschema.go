package journal

// shiftSchema creates what the shifts of the desks leave behind. Like facts,
// the rows are appended and never changed: an opening, a closing, and how many
// facts of which operation each of them counted. A shift without a closing is
// open.
//
// receipt_prints says what papers were printed about an operation, so that a
// second one can say that it is not the first.
const shiftSchema = `
CREATE TABLE shift_openings (
  profile         TEXT    NOT NULL,
  desk            TEXT    NOT NULL,
  number          INTEGER NOT NULL,
  opened_at       INTEGER NOT NULL,
  opened_by       TEXT    NOT NULL,
  opening_float   INTEGER NOT NULL,
  currency        TEXT    NOT NULL,
  first_operation INTEGER NOT NULL,
  counts          BLOB    NOT NULL,
  checksum        BLOB    NOT NULL,
  PRIMARY KEY (profile, desk, number)
) STRICT;
CREATE TABLE shift_closings (
  profile       TEXT    NOT NULL,
  desk          TEXT    NOT NULL,
  number        INTEGER NOT NULL,
  closed_at     INTEGER NOT NULL,
  closed_by     TEXT    NOT NULL,
  was_counted   INTEGER NOT NULL,
  counted       INTEGER NOT NULL,
  counts        BLOB    NOT NULL,
  previous_hash BLOB    NOT NULL,
  snapshot      BLOB    NOT NULL,
  snapshot_hash BLOB    NOT NULL,
  checksum      BLOB    NOT NULL,
  PRIMARY KEY (profile, desk, number)
) STRICT;
CREATE TABLE shift_counts (
  profile   TEXT    NOT NULL,
  desk      TEXT    NOT NULL,
  number    INTEGER NOT NULL,
  phase     INTEGER NOT NULL,
  operation INTEGER NOT NULL,
  known     INTEGER NOT NULL,
  facts     INTEGER NOT NULL,
  abandoned INTEGER NOT NULL,
  checksum  BLOB    NOT NULL,
  PRIMARY KEY (profile, desk, number, phase, operation)
) STRICT;
CREATE INDEX shift_counts_operation ON shift_counts (operation, desk);
CREATE INDEX facts_decided ON facts (desk, operation) WHERE kind = 'decision';
CREATE TABLE receipt_prints (
  operation INTEGER NOT NULL,
  number    INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  desk      TEXT    NOT NULL,
  os_user   TEXT    NOT NULL,
  facts     INTEGER NOT NULL,
  checksum  BLOB    NOT NULL,
  PRIMARY KEY (operation, number)
) STRICT;
`
