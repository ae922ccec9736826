import type { ServerHealth, StatusWord } from '../release/reading.ts';

/** What a server's status column says. */
export interface ReadStatus {
  readonly word: StatusWord;
  readonly health: ServerHealth;
}

/** Every status there is, by stats.c of HAProxy 2.6 to 3.4; `x/y` may stand behind some. */
const words: ReadonlyMap<string, StatusWord> = new Map([
  ['UP', 'up'],
  ['no check', 'no_check'],
  ['NOLB', 'nolb'],
  ['DOWN', 'down'],
  ['DOWN (agent)', 'agent_down'],
  ['DRAIN', 'drain'],
  ['DRAIN (agent)', 'agent_drain'],
  ['MAINT', 'maint'],
  ['MAINT (resolution)', 'unresolved'],
]);

const healthOfWord: Readonly<Record<StatusWord, ServerHealth>> = {
  up: 'healthy',
  no_check: 'no_check',
  // Answers 404 to its check and takes no new work.
  nolb: 'drain',
  down: 'down',
  agent_down: 'down',
  drain: 'drain',
  agent_drain: 'drain',
  maint: 'maint',
  // Out because the server that it tracks is: a person's doing all the same.
  inherited_maint: 'maint',
  unresolved: 'unresolved',
  unknown: 'unknown',
};

/**
 * The only reader of a status. Exact words only: `UP 1/3` is on its way down or not yet checked, and the application's
 * own words stand elsewhere in the row. `check` is the column check_status.
 */
export function readStatus(status: string, check: string): ReadStatus {
  const [, base = status, moving] = /^(UP|DOWN|DRAIN|NOLB)( \d+\/\d+)$/.exec(status) ?? [];
  const isInherited = /^MAINT \(via [^()]+\)$/.test(status);
  const word = isInherited ? 'inherited_maint' : (words.get(base) ?? 'unknown');
  const unsettled = moving !== undefined || (word === 'up' && check === 'INI');
  return { word, health: unsettled ? 'transitional' : healthOfWord[word] };
}
