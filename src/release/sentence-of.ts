import { counted, isOrAre } from './counted.ts';
import { heldWords } from './held-words.ts';
import type { Entry, EntryKind, GateReport, Happening, Instant } from './journal-entry.ts';
import { movementWords, takenBack } from './plan-words.ts';
import { phaseWords, serverWords, settingWords } from './servers-words.ts';
import { skewWords } from './skew-words.ts';
import { stateTitle } from './states.ts';
import { typed } from './typed.ts';
import { shortVersion } from './version.ts';

type Of<K extends EntryKind> = Extract<Happening, { kind: K }>;
type Sentences = { readonly [K in EntryKind]: (what: Of<K>, entry: Entry) => string };

/**
 * One row of the journal as a sentence for people who ask afterwards, without who and when:
 * `checkout-42: lb-1 memory blue → backend_green, applied`.
 */
export function sentenceOf(entry: Entry): string {
  // The record's key and the value's kind are the same by its type; TypeScript cannot see that through an index.
  const words = sentences[entry.what.kind] as (what: Happening, entry: Entry) => string;
  const subject = entry.release ?? entry.service;
  const said = words(entry.what, entry);
  return subject === undefined ? said : `${subject}: ${said}`;
}

const sentences: Sentences = {
  started: ({ program, pid, host }) => `${program} started as process ${pid} on ${host}`,
  stopped: ({ why }) => `Pointsman stopped: ${why}`,
  restored: ({ from }) => `the journal was restored from the backup ${from}`,
  refused: ({ asked, sentence, membership }) =>
    `asked "${typed(asked)}", answered: ${sentence}${remark(membership)}`,
  adopted: ({ side, nodes }) => `found on ${side} on ${nodes.join(', ')} and adopted`,
  found: ({ sentence }) => sentence,
  held: ({ reason }) => `locked: ${typed(reason)}`,
  unheld: ({ reason }) => `unlocked: ${typed(reason)}`,
  external_change: onNode,
  drift_seen: onNode,
  requested: requestedWords,
  awaiting_approval: ({ deadline }) => `waits for approval until ${time(deadline)}`,
  approved: ({ roles }) => `approved as ${roles.join(', ')}`,
  approval_completed: () => 'has all approvals it needs',
  replanned: ({ why, deadline }) =>
    `planned anew, approvals void: ${why}${deadline === null ? '' : `; waits until ${time(deadline)}`}`,
  stage_entered: ({ stage }) => `entered ${stateTitle(stage)}`,
  gates_checked: ({ gates }) => gateWords(gates),
  intent: ({ effect, why }, entry) =>
    `${place(entry)}${effect}${movement(entry)}, intended (${why})`,
  result: ({ effect, outcome, sentence }, entry) =>
    `${place(entry)}${effect}${movement(entry)}, ${outcome.replaceAll('_', ' ')}. ${sentence}`,
  reconciled: ({ effect, found }, entry) =>
    `${place(entry)}${effect} read again: ${heldWords(found)}`,
  switched: ({ skewMs }) => ['switched', skewWords(skewMs)].filter(Boolean).join(', '),
  verified: ({ sentence }) => sentence,
  smoked: ({ gates }) => gateWords(gates),
  bake_started: ({ until }) => `bakes until ${time(until)}`,
  other_users_found: ({ users }) =>
    users.length === 0 ? 'nobody else uses the sides any more' : users.join('; '),
  baked: ({ gates }) => gateWords(gates),
  acceptance_awaited: ({ deadline }) =>
    `waits for acceptance${deadline === null ? '' : ` until ${time(deadline)}`}`,
  reminded: () => 'reminded of the acceptance that is awaited',
  accepted: () => 'accepted',
  persisted: () => 'written to disk on every node',
  drain_started: ({ deadline }) => `drains until ${time(deadline)}`,
  drain_deadline: ({ sessions, stragglers }) =>
    `drain deadline with ${counted(sessions, 'session')} left${listed(stragglers)}`,
  drain_waited: () => 'chose to wait for the sessions that are left',
  drain_shutdown: () => 'chose to shut down the sessions that are left',
  drained: ({ sessions, stragglers }) =>
    sessions === 0
      ? 'drained'
      : `drain ended with ${counted(sessions, 'session')} left${listed(stragglers)}`,
  batch_entered: ({ batch, phase }) => `batch ${batch + 1}: ${phaseWords[phase]}`,
  batch_done: ({ batch }) => `batch ${batch + 1} is done`,
  servers_intent: ({ effect, settings, why }, entry) =>
    `${place(entry)}${effect === 'state' ? settingWords(settings) : `sessions of ${serverWords(settings)}`}, intended (${why})`,
  servers_result: ({ outcome, sentence }, entry) =>
    `${place(entry)}${outcome.replaceAll('_', ' ')}. ${sentence}`,
  servers_reconciled: ({ found }, entry) =>
    `${place(entry)}read again: ${found.length === 0 ? 'not known' : settingWords(found)}`,
  hook_started: ({ point, server, attempt, command }) =>
    `hook ${point}${server === undefined ? '' : ` of ${server}`}, intended, run ${attempt}: ${typed(command)}`,
  hook_output: ({ text }) => `a hook said: ${typed(text.replaceAll('\n', ' / '))}`,
  hook_ended: ({ outcome, sentence }) => `hook ${outcome.replaceAll('_', ' ')}. ${sentence}`,
  overwrite_asked: ({ sessions, stragglers }) =>
    `${counted(sessions, 'session')} ${isOrAre(sessions)} on the side that is to be deployed to${listed(stragglers)}`,
  return_asked: ({ reason, membership }) =>
    `asked to go back beyond the point of no return; a second person must, too${reason === undefined ? '' : `: ${typed(reason)}`}${remark(membership)}`,
  going_back: ({ end, why, membership, override }) =>
    `going back, to end as ${stateTitle(end)}: ${why}${remark(membership)}${against(override)}`,
  needs_attention: ({ why }) => `needs attention: ${why}`,
  reapply_asked: () => 'asked to re-apply',
  settling: ({ side, reason, foreign, membership, override }) =>
    `${foreign === 'kept' ? 'goes back to' : 'settles on'} ${side}: ${typed(reason)}${remark(membership)}${against(override)}`,
  settled: ({ side }) => `settled on ${side}`,
  parked: ({ stage }) => `parked at ${stateTitle(stage)}`,
  recovered: ({ sentence }) => sentence,
  ended: ({ state, sentence, durationMs }) =>
    `${stateTitle(state)} after ${Math.round(durationMs / 1000)} s. ${sentence}`,
  posted: ({ what }) => `posted ${what}`,
  journal_fault: ({ findings }) =>
    `the journal is not as Pointsman wrote it: ${findings.join(' ')}`,
  journal_acknowledged: ({ reason }) => `took the journal as it stands: ${typed(reason)}`,
  anchored: ({ anchorSeq, anchorHash }) => `anchored #${anchorSeq} ${anchorHash}`,
};

function requestedWords({ plan, reason, override, membership }: Of<'requested'>): string {
  const version = plan.version === undefined ? '' : ` (${typed(shortVersion(plan.version))})`;
  const back = takenBack(plan);
  const takesBack = back === undefined ? '' : `, takes back ${back}`;
  const why = reason === undefined ? '' : `, because ${typed(reason)}`;
  return `asked for ${movementWords(plan)}${version}${takesBack}${why}${against(override)}${remark(membership)}`;
}

function onNode({ sentence }: { readonly sentence: string }, entry: Entry): string {
  return sentence.includes(entry.node ?? '') ? sentence : `${place(entry)}${sentence}`;
}

function place({ node }: Entry): string {
  return node === undefined ? '' : `${node} `;
}

/** ` blue → backend_green`, as far as the row knows both. */
function movement({ before, after }: Entry): string {
  if (after === undefined) return '';
  return before === undefined ? ` → ${after}` : ` ${before} → ${after}`;
}

function gateWords(gates: readonly GateReport[]): string {
  const bad = gates.filter(({ result }) => result !== 'successful');
  const good = `${gates.length - bad.length} of ${counted(gates.length, 'check')} successful`;
  return [good, ...bad.map(({ gate, result, sentence }) => `${gate} ${result}: ${sentence}`)].join(
    '; ',
  );
}

function listed(stragglers: readonly string[]): string {
  return stragglers.length === 0 ? '' : ` (${typed(stragglers.join('; '))})`;
}

function remark(membership: string | undefined): string {
  return membership === undefined ? '' : ` (${membership})`;
}

function against(override: string | undefined): string {
  return override === undefined ? '' : `, overriding: ${typed(override)}`;
}

function time({ at }: Instant): string {
  return at;
}
