-- The program's only memory. Rows are added at the end and never touched again.
-- No UNIQUE but the primary key: a second one would let INSERT OR REPLACE take an old row away.
CREATE TABLE journal (
  seq           INTEGER PRIMARY KEY CHECK (seq > 0),
  at            TEXT NOT NULL,
  boot          TEXT NOT NULL,
  mono          REAL NOT NULL,
  release       TEXT,
  service       TEXT,
  node          TEXT,
  kind          TEXT NOT NULL CHECK (kind <> ''),
  actor         TEXT NOT NULL CHECK (trim(actor) <> ''),
  team          TEXT,
  channel       TEXT,
  message       TEXT,
  request       TEXT,
  before        TEXT,
  after         TEXT,
  readback      TEXT,
  config_digest TEXT NOT NULL,
  plan_digest   TEXT,
  body          TEXT NOT NULL CHECK (json_valid(body) AND length(CAST(body AS BLOB)) < 65536),
  prev          TEXT NOT NULL CHECK (length(prev) = 64),
  hash          TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

CREATE INDEX journal_release ON journal (release, seq);
CREATE INDEX journal_service ON journal (service, seq);
CREATE INDEX journal_actor ON journal (actor, seq);

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only: rows are never changed');
END;

CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN
  SELECT RAISE(ABORT, 'the journal is append-only: rows are never removed');
END;

-- Also what stops REPLACE for a client without recursive_triggers, whose implicit DELETE fires no trigger:
-- a seq that is taken is not the next one.
CREATE TRIGGER journal_chain BEFORE INSERT ON journal
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
BEGIN
  SELECT RAISE(ABORT, 'the journal is a chain: a row must follow the last one');
END;

-- Everything below is derived from the journal, changed only together with it, and can be rebuilt from it.
CREATE TABLE release (
  id      TEXT PRIMARY KEY,
  service TEXT NOT NULL,
  state   TEXT NOT NULL,
  open    INTEGER NOT NULL CHECK (open IN (0, 1)),
  data    TEXT NOT NULL CHECK (json_valid(data))
) STRICT;

CREATE INDEX release_open ON release (id) WHERE open = 1;

CREATE TABLE service (
  name TEXT PRIMARY KEY,
  data TEXT NOT NULL CHECK (json_valid(data))
) STRICT;

-- The release lock: one open release per service.
CREATE TABLE lock (
  service TEXT PRIMARY KEY,
  release TEXT NOT NULL,
  at      TEXT NOT NULL
) STRICT;

-- Deliveries that have had their effect.
CREATE TABLE seen_request (
  request TEXT PRIMARY KEY,
  seq     INTEGER NOT NULL REFERENCES journal (seq)
) STRICT;

-- Where messages stand that were posted.
CREATE TABLE place (
  seq     INTEGER PRIMARY KEY REFERENCES journal (seq),
  release TEXT,
  channel TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;

-- Heads that were published outside.
CREATE TABLE anchor (
  row  INTEGER PRIMARY KEY REFERENCES journal (seq),
  seq  INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;

-- What people are to be told, oldest first.
CREATE TABLE outbox (
  id           INTEGER PRIMARY KEY,
  seq          INTEGER NOT NULL REFERENCES journal (seq),
  at           TEXT NOT NULL,
  kind         TEXT NOT NULL,
  release      TEXT,
  announcement TEXT NOT NULL CHECK (json_valid(announcement)),
  state        TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'done', 'superseded')),
  attempts     INTEGER NOT NULL DEFAULT 0,
  in_doubt     INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt IN (0, 1)),
  channel      TEXT,
  message      TEXT
) STRICT;

CREATE INDEX outbox_waiting ON outbox (state, id) WHERE state IN ('pending', 'sending');
