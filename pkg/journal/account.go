package journal

// accountSchema holds what was done to the merchant account by hand, and which
// line of a partner's statement proves which operation. Both are record: rows
// are appended and never changed.
const accountSchema = `
CREATE TABLE movements (
  id          INTEGER PRIMARY KEY,
  profile     TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  amount      INTEGER NOT NULL,
  currency    TEXT    NOT NULL,
  note        TEXT    NOT NULL,
  at          INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  desk        TEXT    NOT NULL,
  os_user     TEXT    NOT NULL,
  checksum    BLOB    NOT NULL
) STRICT;
CREATE TABLE statement_rows (
  row_key   TEXT    NOT NULL PRIMARY KEY,
  operation INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  checksum  BLOB    NOT NULL
) STRICT;
`
