-- Questions that any viewer may ask, and what the program asks at every step, cost the same with a thousand rows and
-- with a million. `history` never shows where messages were posted: its indexes leave those rows out.
DROP INDEX journal_service;
DROP INDEX journal_actor;
CREATE INDEX journal_service ON journal (service, seq) WHERE kind <> 'posted';
CREATE INDEX journal_actor ON journal (actor, seq) WHERE kind <> 'posted';
CREATE INDEX journal_service_actor ON journal (service, actor, seq) WHERE kind <> 'posted';

-- What proofs of the journal found, and who took note of it.
CREATE INDEX journal_audit ON journal (seq) WHERE kind IN ('journal_fault', 'journal_acknowledged');

-- Which side had a service's traffic, a row for each change of it. `since`: the row's time, never earlier than the
-- row before it, whatever the wall clock did.
CREATE TABLE live (
  seq     INTEGER PRIMARY KEY REFERENCES journal (seq),
  service TEXT NOT NULL,
  since   TEXT NOT NULL,
  data    TEXT NOT NULL CHECK (json_valid(data))
) STRICT;

CREATE INDEX live_service ON live (service, since, seq);

-- What people are to be told, oldest first. The words are not in it: they are made of the journal row when they are
-- sent, so that nothing is told that no row says. `id` is the row's seq times eight, plus the message's place among
-- those of the row.
ALTER TABLE outbox RENAME TO outbox_with_words;

CREATE TABLE outbox (
  id       INTEGER PRIMARY KEY CHECK (id > 7),
  kind     TEXT NOT NULL CHECK (kind IN ('card', 'note', 'broadcast', 'question', 'notice')),
  state    TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'done', 'superseded')),
  attempts INTEGER NOT NULL DEFAULT 0,
  in_doubt INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt IN (0, 1)),
  channel  TEXT,
  message  TEXT
) STRICT;

INSERT INTO outbox (id, kind, state, attempts, in_doubt)
SELECT
  seq * 8 + row_number() OVER (PARTITION BY seq ORDER BY id) - 1,
  iif(kind = 'channel', iif(json_extract(announcement, '$.reapply') IS NULL
    AND json_extract(announcement, '$.again') IS NULL, 'notice', 'question'), kind),
  state, attempts, in_doubt
FROM outbox_with_words;

DROP TABLE outbox_with_words;

CREATE INDEX outbox_waiting ON outbox (state, id) WHERE state IN ('pending', 'sending');
