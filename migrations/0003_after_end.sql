-- Nothing happens for a release that has ended: only where its message was posted may still be said. What does not follow
-- the chain is refused as that.
CREATE INDEX journal_ended ON journal (release) WHERE kind = 'ended';

CREATE TRIGGER journal_after_end BEFORE INSERT ON journal
WHEN NEW.release IS NOT NULL AND NEW.kind <> 'posted'
  AND NEW.seq IS (SELECT coalesce(max(seq), 0) + 1 FROM journal)
  AND NEW.prev IS coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), printf('%064d', 0))
  AND EXISTS (SELECT 1 FROM journal WHERE release = NEW.release AND kind = 'ended')
BEGIN
  SELECT RAISE(ABORT, 'the release has ended: no row of it follows');
END;
