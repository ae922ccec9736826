import { counted } from '../release/counted.ts';
import type { GateReport } from '../release/journal-entry.ts';
import { leftWords } from '../release/left-side.ts';
import { isSidePlan, stepOf } from '../release/plan.ts';
import { movementWords, takenBack } from '../release/plan-words.ts';
import { powerWords } from '../release/power-words.ts';
import type { Release } from '../release/release.ts';
import type { Hold } from '../release/service-state.ts';
import { isBeforeSwitch, isEnd, type ReleaseState } from '../release/states.ts';
import { reloadWords, traitsOf } from '../release/target.ts';
import { shortVersion } from '../release/version.ts';
import { sides } from '../release/vocabulary.ts';
import { hookLines, noReturnLine } from './card-hooks.ts';
import type { CardView } from './card-view.ts';
import { readyNodes, withoutServers } from './side-words.ts';
import { slackDate } from './slack-date.ts';
import { codeBlock, cutText, personText, sentenceText, typedText } from './slack-text.ts';

/** What is asked, by whom, why, and against whose lock. */
export function factLines(release: Release, { hold }: CardView): readonly string[] {
  const { plan } = release;
  const nodes = plan.target.nodes.length;
  const version =
    plan.version === undefined ? '' : `  ·  version ${typedText(shortVersion(plan.version))}`;
  return [
    ...rollbackTitle(release),
    `*${release.service}*  ${movement(release)}${version}`,
    `Requested by ${personText(release.requester)}  ·  ${counted(nodes, 'node')}`,
    ...(release.reason === undefined
      ? []
      : [`Reason: ${cutText(typedText(release.reason), 1_500)}`]),
    ...lockLine(release, hold),
    ...(release.alsoUsed ?? []).map((sentence) => `⚠ ${cutText(typedText(sentence), 300)}`),
  ];
}

/** A rollback is none of the releases that it looks like. */
function rollbackTitle({ plan }: Release): readonly string[] {
  if (plan.kind !== 'rollback') return [];
  const back = takenBack(plan);
  return [`↩ *Rollback*${back === undefined ? '' : `  ·  takes back ${back}`}`];
}

/** A lock that stands, or that is gone against: who approves has to know. */
function lockLine({ override, state }: Release, hold: Hold | undefined): readonly string[] {
  const lock =
    hold === undefined
      ? undefined
      : `the lock of ${personText(hold.by)} (${cutText(typedText(hold.reason), 300)})`;
  if (override !== undefined) {
    return [
      `⚠ *Overrides ${lock ?? 'what stands in the way'}*: ${cutText(typedText(override), 500)}`,
    ];
  }
  if (lock === undefined || !isBeforeSwitch(state)) return [];
  return [`⚠ *Held by ${lock}*: it is not carried out until the service is unlocked`];
}

/** Where it goes, the new side in bold. */
function movement({ plan }: Pick<Release, 'plan'>): string {
  return isSidePlan(plan) ? `${plan.from} → *${plan.to}*` : typedText(movementWords(plan));
}

/** Why a person is needed, and the lines with which they do it by hand. */
export function attentionLines(release: Release): readonly string[] {
  const { attention } = release;
  if (release.state !== 'needs_attention' || attention === undefined) {
    return goingBackLines(release);
  }
  const settle = `/release settle ${release.id} blue|green because …`;
  return [
    `*A person is needed.* ${cutText(sentenceText(attention.why), 2_500)}`,
    ...byHand(attention.byHand, release.service),
    isSidePlan(release.plan)
      ? `Then, as an operator: \`${settle}\``
      : 'Re-apply goes on from there; Roll back puts back what is out.',
  ];
}

function goingBackLines({ goingBack: back, state, plan }: Release): readonly string[] {
  if (back === undefined || isEnd(state)) return [];
  const why = cutText(sentenceText(back.why), 2_000);
  // Nothing had moved where it is cancelled: a hook is being ended.
  if (back.end === 'cancelled' || back.end === 'rejected') return [why];
  return [`Going back${isSidePlan(plan) ? ` to ${plan.from}` : ''}: ${why}`];
}

/** A command is shown whole or not at all: half of one must not be pasted. */
function byHand(lines: readonly string[], service: string): readonly string[] {
  if (lines.length === 0) return [];
  const { block, left } = codeBlock(lines, 2_700);
  const more = `... and ${left} more: \`pointsman status ${service}\` prints them all.`;
  return [`By hand:\n${block}${left === 0 ? '' : `\n${more}`}`];
}

const marks: Readonly<Record<GateReport['result'], string>> = {
  successful: '✓',
  failed: '✗',
  inconclusive: '?',
  error: '⚠',
};
const shownGates = 6;

/** One line that counts the gates, and one for each that did not hold. */
export function gateLines(release: Release): readonly string[] {
  const { gates } = release;
  if (gates.length === 0) return [];
  const bad = gates.filter(({ result }) => result !== 'successful');
  const good = gates.length - bad.length;
  const told = outcomeOf(release);
  const untold = bad.filter(({ sentence }) => !told.includes(sentence.replace(/\.+$/, '')));
  const more = untold.length - shownGates;
  return [
    [
      `Gates: ${marks.successful} ${good} successful`,
      ...(['failed', 'error', 'inconclusive'] as const)
        .map((result) => [result, bad.filter((gate) => gate.result === result).length] as const)
        .filter(([, count]) => count > 0)
        .map(([result, count]) => `${marks[result]} ${count} ${result}`),
    ].join('  ·  '),
    ...untold.slice(0, shownGates).map(gateLine),
    ...(more > 0 ? [`+${more} more`] : []),
  ];
}

/** What the message says of the whole: a gate that it names is not told once more. */
function outcomeOf({ ended, goingBack, attention }: Release): string {
  return [ended?.sentence, goingBack?.why, attention?.why].join(' ');
}

function gateLine({ gate, node, result, sentence }: GateReport): string {
  const where =
    node === undefined || sentence.startsWith(`${node}:`) ? '' : ` on ${typedText(node)}`;
  const said = cutText(sentenceText(sentence), 600);
  if (result === 'inconclusive') return `${marks[result]} Inconclusive: ${said}`;
  return `${marks[result]} ${typedText(gate)}${where}: ${said}`;
}

/** Where it stands: approvals, deadline, the way back, what could not be said, and who decided. */
export function standingLines(release: Release, view: CardView): readonly string[] {
  return [
    ...approvalLine(release),
    ...powerLine(release),
    ...deadlineLine(release),
    ...reloadLine(release),
    ...askForLine(release),
    ...rollbackLine(release, view),
    ...hookLines(release),
    ...noReturnLine(release),
    ...inconclusiveLines(release),
    ...drainLines(release),
    ...decisionLines(release),
    ...readLine(view),
  ];
}

/** The message stands for as long as the channel does: what it shows of the nodes has a time. */
function readLine({ readAt }: CardView): readonly string[] {
  return readAt === undefined ? [] : [`Nodes read ${slackDate(readAt)}`];
}

/** Who approves, and who waits for the bake, sees what it is worth. */
function powerLine({ plan, power, state }: Release): readonly string[] {
  const bake = isSidePlan(plan) ? stepOf(plan, 'bake') : undefined;
  if (power === undefined || bake === undefined) return [];
  return isBeforeSwitch(state) || state === 'baking' ? [powerWords(power, bake)] : [];
}

function approvalLine({ plan, approvals, planDigest }: Release): readonly string[] {
  if (plan.approvers === 0) return [];
  const names = approvals
    .filter(({ digest }) => digest === planDigest)
    .map(({ by }) => personText(by));
  const by = names.length === 0 ? '' : `: ${names.join(', ')}`;
  return [`Approvals ${names.length} of ${plan.approvers}${by}`];
}

/** Who decided what. The approvers stand in their own line, and who takes it back, or ended it, where that is told. */
function decisionLines({ decisions, plan, ended, goingBack }: Release): readonly string[] {
  const told = `${ended?.sentence ?? ''} ${goingBack?.why ?? ''}`;
  const byProgram = goingBack?.by.startsWith('system:') === true ? ` by @${goingBack.by}` : ' by @';
  return decisions
    .filter((decision) => plan.approvers === 0 || !decision.startsWith('Approved by '))
    .filter((decision) => !told.includes(decision) && !decision.endsWith(byProgram))
    .map((decision) => `✓ ${cutText(sentenceText(decision), 300)}`);
}

const deadlineWords: Partial<Readonly<Record<ReleaseState, string>>> = {
  awaiting_approval: 'Expires',
  baking: 'Bakes until',
  awaiting_acceptance: 'Goes back by itself',
  draining: 'Drains until',
};

function deadlineLine({ state, deadline, goingBack }: Release): readonly string[] {
  const words = goingBack === undefined ? deadlineWords[state] : deadlineWords.draining;
  if (words === undefined || deadline === undefined || deadline === null) return [];
  return [`${words} ${slackDate(deadline.at)}`];
}

function reloadLine(release: Release): readonly string[] {
  const { state, plan } = release;
  if (state !== 'awaiting_acceptance' || !isSidePlan(plan)) return [];
  return [reloadWords(plan.target, plan.from, plan.to)];
}

const bothSidesUp: ReadonlySet<ReleaseState> = new Set([
  'smoking',
  'baking',
  'awaiting_acceptance',
  'draining',
]);

/** While both sides have users: how a person asks for either. */
function askForLine({ state, plan }: Release): readonly string[] {
  if (!isSidePlan(plan) || !bothSidesUp.has(state)) return [];
  const { askFor } = traitsOf(plan.target);
  if (askFor === undefined) return [];
  const ways = sides.map((side) => `${side}: ${typedText(askFor.replaceAll('{side}', side))}`);
  return [`Ask for a side: ${ways.join('  ·  ')}`];
}

const wayBack: ReadonlySet<ReleaseState> = new Set([
  'awaiting_approval',
  'deploying',
  'preflight',
  'switching',
  'verifying',
  'smoking',
  'baking',
  'awaiting_acceptance',
  'persisting',
  'draining',
  'completed',
]);

function rollbackLine({ state, plan }: Release, { readings }: CardView): readonly string[] {
  if (!wayBack.has(state) || readings === undefined || readings.length === 0) return [];
  // A rollback is not taken back: /rollback refuses it, whatever its nodes are ready for.
  if (!isSidePlan(plan) || plan.kind === 'rollback') return [];
  const ready = readyNodes(readings, plan.from).length;
  const nodes = plan.target.nodes.length;
  const dead = beforeTraffic.has(state) ? [] : withoutServers(readings, plan.to);
  const mark = ready === nodes && dead.length === 0 ? '✓' : '⚠';
  const badge = `Rollback ready ${ready}/${nodes}`;
  // A check mark beside a side that answers 503 would say that all is well.
  return dead.length === 0
    ? [`${mark} ${badge}`]
    : [`${mark} ${plan.to} has no healthy server on ${typedText(dead.join(', '))}  ·  ${badge}`];
}

/** The new side has no traffic yet: nobody misses its servers. */
const beforeTraffic: ReadonlySet<ReleaseState> = new Set([
  'awaiting_approval',
  'deploying',
  'preflight',
]);

/** Those that no gate line says already. */
function inconclusiveLines({ inconclusive, gates }: Release): readonly string[] {
  const said = new Set(gates.map(({ sentence }) => sentence));
  return inconclusive
    .filter((sentence) => !said.has(sentence))
    .slice(0, shownGates)
    .map((sentence) => `Inconclusive: ${cutText(sentenceText(sentence), 600)}`);
}

const shownStragglers = 5;

function drainLines(release: Release): readonly string[] {
  const { state, drain } = release;
  if (drain === undefined) return [];
  // While it drains the progress tells the count; this line tells what a person is asked about, or what was left.
  if (state === 'draining' ? !drain.asking : drain.sessions === 0) return [];
  const more = drain.stragglers.length - shownStragglers;
  return [
    `${counted(drain.sessions, 'session')} left on ${leftWords(release)}${drain.asking ? '. Wait, or shut them down?' : ''}`,
    ...drain.stragglers.slice(0, shownStragglers).map((one) => `• ${cutText(typedText(one), 200)}`),
    ...(more > 0 ? [`• +${more} more`] : []),
  ];
}
