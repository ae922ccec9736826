import type { Release } from '../../src/release/release.ts';
import { serverName } from '../../src/release/vocabulary.ts';
import { type AReleaseBuilder, aRelease, later } from './a-release.ts';

type Wish = Parameters<typeof aRelease>[0];

/** One release for every state that a message can show, by a name for it. */
export function everyState(wish: Wish = {}): ReadonlyMap<string, Release> {
  const nasty = wish.reason ?? 'all good';
  const to = (builder: AReleaseBuilder, ...stages: readonly Stage[]) =>
    stages.reduce((made, stage) => made.then({ kind: 'stage_entered', stage }), builder);
  const awaiting = () => aRelease(wish).then({ kind: 'awaiting_approval', deadline: later });
  const approved = () => awaiting().then({ kind: 'approved', roles: ['approver'] }, 'U0ANN');
  const switched = () =>
    to(approved(), 'preflight', 'switching').then({ kind: 'switched', skewMs: 12 });
  const accepting = () =>
    to(switched(), 'verifying', 'smoking', 'baking', 'awaiting_acceptance').then({
      kind: 'acceptance_awaited',
      remindMs: 1,
      deadline: later,
    });
  const draining = () =>
    to(accepting().then({ kind: 'accepted' }, 'U0RITA'), 'persisting', 'draining').then({
      kind: 'drain_started',
      deadline: later,
    });
  const ended = (builder: AReleaseBuilder, state: End) =>
    builder.then({ kind: 'ended', state, sentence: nasty, durationMs: 372_000 }, 'U0ANN').release;
  const stragglers = Array.from({ length: 40 }, (_, index) => `10.1.1.${index} ${nasty}`);
  return new Map<string, Release>([
    ['requested', aRelease(wish).release],
    ['awaiting approval', awaiting().release],
    ['approved', approved().release],
    ['deploying', hooked(to(approved(), 'deploying'), nasty).release],
    [
      'deploying and asking',
      to(approved(), 'deploying').then({ kind: 'overwrite_asked', sessions: 40, stragglers })
        .release,
    ],
    [
      'beyond its point of no return',
      hooked(to(approved(), 'deploying'), nasty).then({ kind: 'return_asked' }, 'U0RITA').release,
    ],
    [
      'needs attention for a hook',
      hooked(to(approved(), 'deploying'), nasty).then({
        ...attention(nasty),
        choice: { reapply: 'green', accept: 'blue' },
        asks: 'hook',
      }).release,
    ],
    ['preflight', to(approved(), 'preflight').release],
    ['preflight with gates', to(approved(), 'preflight').then(badGates(nasty)).release],
    ['switching', to(approved(), 'preflight', 'switching').release],
    ['verifying', to(switched(), 'verifying').release],
    ['smoking', to(switched(), 'verifying', 'smoking').release],
    ['baking', to(switched(), 'baking').then({ kind: 'bake_started', until: later }).release],
    ['going back', switched().then(goingBack(nasty)).release],
    ['awaiting acceptance', accepting().release],
    ['persisting', to(accepting().then({ kind: 'accepted' }, 'U0RITA'), 'persisting').release],
    ['draining', draining().release],
    [
      'draining and asking',
      draining().then({ kind: 'drain_deadline', sessions: 40, stragglers, deadline: later })
        .release,
    ],
    ['needs attention', switched().then(attention(nasty)).release],
    [
      'needs attention with a choice',
      switched().then({ ...attention(nasty), choice: { reapply: 'green', accept: 'blue' } })
        .release,
    ],
    [
      'settling',
      switched()
        .then(attention(nasty))
        .then({ kind: 'settling', side: 'blue', reason: nasty }, 'U0OLAF').release,
    ],
    ['completed', ended(draining(), 'completed')],
    ['rejected', ended(awaiting(), 'rejected')],
    ['expired', ended(awaiting(), 'expired')],
    ['cancelled', ended(awaiting(), 'cancelled')],
    ['failed', ended(to(approved(), 'preflight').then(badGates(nasty)), 'failed')],
    ['aborted', ended(switched().then(goingBack(nasty)), 'aborted')],
    ['rolled back', ended(switched().then(goingBack(nasty)), 'rolled_back')],
  ]);
}

type Stage = Extract<
  Parameters<AReleaseBuilder['then']>[0],
  { readonly kind: 'stage_entered' }
>['stage'];
type End = Extract<Parameters<AReleaseBuilder['then']>[0], { readonly kind: 'ended' }>['state'];

/** Twelve hooks, each ended another way, the last one running. */
function hooked(builder: AReleaseBuilder, nasty: string): AReleaseBuilder {
  const outcomes = ['succeeded', 'failed', 'timed_out', 'cancelled', 'unknown'] as const;
  const started = (index: number) =>
    builder.then({
      kind: 'hook_started',
      point: 'deploy',
      server: serverName(`g${index}`),
      attempt: 1,
      command: nasty,
      pointOfNoReturn: true,
    });
  for (let index = 0; index < 12; index += 1) {
    const { hooks = [] } = started(index).release;
    builder.then({
      kind: 'hook_ended',
      hook: hooks.at(-1)?.seq ?? 0,
      outcome: outcomes[index % outcomes.length] ?? 'unknown',
      sentence: nasty,
      ms: 12_345,
    });
  }
  return started(12);
}

function goingBack(why: string) {
  return { kind: 'going_back', end: 'rolled_back', why } as const;
}

function attention(why: string) {
  const byHand = Array.from({ length: 60 }, (_, index) => `echo "set map ${index} ${why}" | socat`);
  return { kind: 'needs_attention', why, byHand } as const;
}

function badGates(sentence: string) {
  const results = ['successful', 'failed', 'error', 'inconclusive'] as const;
  return {
    kind: 'gates_checked',
    workers: {},
    gates: Array.from({ length: 40 }, (_, index) => ({
      gate: 'capacity',
      result: results[index % 4] ?? 'error',
      sentence,
    })),
  } as const;
}
