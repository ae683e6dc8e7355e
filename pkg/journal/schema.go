package journal

// schemaVersion is SQLite's user_version of a journal that this build writes.
// Version 1 was never released: nothing leads from it to this one.
const schemaVersion = 2

// applicationID marks the file as a raisboy journal ("Rais"), so that another
// program's database is not taken for one.
const applicationID = 0x52616973

// schema creates an empty journal. Facts, events and origins are the record;
// operations is a projection of the facts, there to find them quickly, and
// forwards says how far events were passed on to a local application. The
// tables are strict because one flipped bit can turn a text into a blob of the
// same bytes, which reads the same and is found by no search for the text.
const schema = `
CREATE TABLE origins (
  profile  TEXT    NOT NULL PRIMARY KEY,
  sandbox  INTEGER NOT NULL,
  origins  TEXT    NOT NULL,
  at       INTEGER NOT NULL,
  checksum BLOB    NOT NULL
) STRICT;
CREATE TABLE facts (
  operation INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  kind      TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  desk      TEXT    NOT NULL,
  os_user   TEXT    NOT NULL,
  content   BLOB    NOT NULL,
  raw       BLOB,
  checksum  BLOB    NOT NULL,
  PRIMARY KEY (operation, position)
) WITHOUT ROWID, STRICT;
CREATE TABLE operations (
  id              INTEGER PRIMARY KEY,
  profile         TEXT    NOT NULL,
  kind            TEXT    NOT NULL,
  user_id         TEXT    NOT NULL,
  project_user_id TEXT    NOT NULL,
  amount          INTEGER NOT NULL,
  currency        TEXT    NOT NULL,
  payment_method  TEXT    NOT NULL,
  ref             TEXT    NOT NULL,
  request_id      TEXT    NOT NULL,
  payout_id       TEXT    NOT NULL,
  batch           TEXT    NOT NULL,
  line            INTEGER NOT NULL,
  desk            TEXT    NOT NULL,
  state           TEXT    NOT NULL,
  payout_status   TEXT    NOT NULL,
  notice_state    TEXT    NOT NULL,
  notice_next_at  INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  settled_at      INTEGER NOT NULL,
  changed_at      INTEGER NOT NULL,
  facts           INTEGER NOT NULL,
  checksum        BLOB    NOT NULL
) STRICT;
CREATE INDEX operations_user ON operations (user_id, kind, amount);
CREATE INDEX operations_project_user ON operations (project_user_id, kind, amount) WHERE project_user_id <> '';
CREATE INDEX operations_twin ON operations (currency, amount, user_id, kind, state, payout_status, settled_at, changed_at);
CREATE INDEX operations_project_twin ON operations (currency, amount, project_user_id, kind, state, payout_status, settled_at, changed_at)
  WHERE project_user_id <> '';
CREATE INDEX operations_ref ON operations (ref) WHERE ref <> '';
CREATE INDEX operations_request ON operations (request_id) WHERE request_id <> '';
CREATE INDEX operations_payout ON operations (payout_id) WHERE payout_id <> '';
CREATE INDEX operations_batch ON operations (batch, line) WHERE batch <> '';
CREATE INDEX operations_notice ON operations (notice_next_at) WHERE notice_state = 'queued';
CREATE INDEX operations_created ON operations (created_at);
CREATE INDEX operations_changed ON operations (changed_at) WHERE kind = 'payout';
CREATE TABLE events (
  id          INTEGER PRIMARY KEY,
  profile     TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  operation   INTEGER NOT NULL,
  payout_id   TEXT    NOT NULL,
  request_id  TEXT    NOT NULL,
  reason      TEXT    NOT NULL,
  duplicate   INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  content     BLOB    NOT NULL,
  body        BLOB,
  checksum    BLOB    NOT NULL
) STRICT;
CREATE INDEX events_orphan_payout ON events (payout_id) WHERE operation = 0 AND payout_id <> '';
CREATE INDEX events_orphan_request ON events (request_id) WHERE operation = 0 AND request_id <> '';
CREATE INDEX events_rejected ON events (id) WHERE kind = 'rejected';
CREATE INDEX events_operation ON events (operation) WHERE operation <> 0;
CREATE TABLE forwards (
  event       INTEGER PRIMARY KEY,
  profile     TEXT    NOT NULL,
  queue       TEXT    NOT NULL,
  state       TEXT    NOT NULL,
  attempts    INTEGER NOT NULL,
  http_status INTEGER NOT NULL,
  tried_at    INTEGER NOT NULL,
  next_at     INTEGER NOT NULL,
  checksum    BLOB    NOT NULL
) STRICT;
CREATE INDEX forwards_waiting ON forwards (profile, queue, event) WHERE state = 'waiting';
` + batchSchema + shiftSchema + accountSchema
