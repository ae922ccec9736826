import type { Mutant } from './mutant.ts';

const safeguards = 'test/engine/safeguards.test.ts';
const faults = 'test/faults/one-node.test.ts';
const attention = 'test/engine/attention.test.ts';
const release = 'test/engine/release.test.ts';

const bakeTest = 'test/verdict/judge-bake.test.ts';

/** The order of things: intent, write, reading, going back, lock. */
export const engineMutants: readonly Mutant[] = [
  {
    check: 'readback: what the nodes hold after the switch is read',
    file: 'src/engine/stages/verifying.ts',
    edits: [
      {
        find: `  if (memory.kind === 'side' && memory.side === to) return undefined;
  return \`it holds`,
        replace: `  if (memory.kind !== 'missing') return undefined;
  return \`it holds`,
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'readback twice: the whole fleet is read once more',
    file: 'src/engine/stages/verifying.ts',
    edits: [
      {
        find: 'const second = notAsSwitched(context.release, again);',
        replace: 'const second = notAsSwitched(context.release, readings); void again;',
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'worker identity: the worker that was checked is the worker that serves',
    file: 'src/engine/stages/verifying.ts',
    edits: [
      {
        find: 'if (expected === undefined) return undefined;',
        replace: 'if (true) return undefined;',
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'intent before effect: every act on a node',
    file: 'src/engine/effects/perform.ts',
    edits: [
      {
        find: '  const intents = context.recordAll(\n',
        replace:
          '  const results = await Promise.all(acts.map((act) => act.send(gate).catch(unknown)));\n  const intents = context.recordAll(\n',
      },
      {
        find: '  const results = await Promise.all(acts.map((act) => act.send(gate).catch(unknown)));\n  const performed',
        replace: '  const performed',
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'intent before effect: the map file',
    file: 'src/engine/stages/persisting.ts',
    edits: [
      {
        find: '  const performed = await perform(\n',
        replace:
          '  await Promise.all(readings.map(({ node }) => context.route.persist(node, to, context.gate).catch(() => {})));\n  const performed = await perform(\n',
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'intent before effect, as the kill runs see it',
    file: 'src/engine/write-memory.ts',
    edits: [
      {
        find: 'const all = await armAll(context, readings, to);',
        replace:
          'const all = await armAll(context, readings, to);\n  if (all.kind === "armed") for (const one of (await armAll(context, readings, to) as typeof all).armed) await one.fire(context.gate);',
      },
    ],
    tests: ['test/faults/kill.test.ts'],
  },
  {
    check: 'fail closed: without committed intents nothing is sent',
    file: 'src/engine/effects/perform.ts',
    edits: [
      {
        find: 'const intents = context.recordAll(\n',
        replace:
          'const intents = ((drafts: Parameters<RunContext["recordAll"]>[0]) => { try { return context.recordAll(drafts); } catch { return drafts.map(() => ({ seq: 0 }) as Entry); } })(\n',
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'all or none: one connection that cannot be opened keeps the others from being used',
    file: 'src/engine/write-memory.ts',
    edits: [{ find: 'if (failures.length === 0) return', replace: 'if (armed.length > 0) return' }],
    tests: [safeguards],
  },
  {
    check: 'settling: the last word counts',
    file: 'src/engine/settle.ts',
    edits: [{ find: '?.side !== settling.side) return', replace: '?.side === undefined) return' }],
    tests: [safeguards],
  },
  {
    check: 'going back ends before an operator who names a side meanwhile',
    file: 'src/engine/go-back.ts',
    edits: [{ find: 'settling !== undefined) return', replace: 'settling === null) return' }],
    tests: [safeguards],
  },
  {
    check: 'compensation: the first node is taken back too',
    file: 'src/engine/converge.ts',
    edits: [
      {
        find: 'away: fit.filter((reading) => !isOn(reading, ask.to)),',
        replace: 'away: fit.filter((reading) => !isOn(reading, ask.to)).slice(1),',
      },
    ],
    tests: [release],
  },
  {
    check: 'compensation: a write that failed on one node takes all back',
    file: 'src/engine/stages/switching.ts',
    edits: [{ find: `if (why !== '') {`, replace: `if (why === 'never') {` }],
    tests: [faults],
  },
  {
    check: 'barrier: a node in doubt is read only after it has answered',
    file: 'src/engine/read-settled.ts',
    edits: [
      {
        find: 'if (inDoubt && !(await route.barrier(node, signal))) {',
        replace: 'if (inDoubt && Date.now() < 0) {',
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'fence: after an unknown write only the versioned form is used',
    file: 'src/engine/converge.ts',
    edits: [
      {
        find: `memory.kind === 'missing' || hadUnknown(context, node);`,
        replace: `memory.kind === 'missing' || (hadUnknown(context, node) && Date.now() < 0);`,
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'a value of another hand is not overwritten on the way back',
    file: 'src/engine/converge.ts',
    edits: [
      {
        find: `  return ask.overwriteForeign && (memory.kind`,
        replace: `  return true || (memory.kind`,
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'the world is compared with the plan once more before the switch',
    file: 'src/engine/stages/switching.ts',
    edits: [
      {
        find: 'if (moved !== undefined) return replan',
        replace: 'if (moved === "never") return replan',
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'recovery: killed before acceptance goes back',
    file: 'src/engine/recover.ts',
    edits: [
      {
        find: 'if (release.parked && release.openIntents.length === 0) {',
        replace: 'if (release.openIntents.length === 0) {',
      },
    ],
    tests: [safeguards],
  },
  {
    check: 'a node that falls back while acceptance is awaited is noticed',
    file: 'src/engine/stages/awaiting-acceptance.ts',
    edits: [
      {
        find: 'if (fallen.length > 0) {',
        replace: 'if (fallen.length < 0) {',
      },
    ],
    tests: [attention],
  },
  {
    check: 'an accepted side that is not on every disk is an alarm',
    file: 'src/engine/stages/persisting.ts',
    edits: [
      {
        find: 'if (missing.length === 0) return undefined;',
        replace: 'if (missing.length >= 0) return undefined;',
      },
    ],
    tests: [attention],
  },
  {
    check: 'minimum_healthy',
    file: 'src/engine/gates.ts',
    edits: [{ find: 'healthy > 0 && healthy >= enough && !unsettled', replace: 'healthy > 0' }],
    tests: [release],
  },
  {
    check: 'the new backend exists on that node',
    file: 'src/engine/gates.ts',
    edits: [
      { find: 'if (!backend.exists) return', replace: 'if (backend.exists === undefined) return' },
    ],
    tests: ['test/engine/gates.test.ts'],
  },
  {
    check: 'capacity',
    file: 'src/engine/gates.ts',
    edits: [{ find: 'room >= from.sessions,', replace: 'room >= 0,' }],
    tests: ['test/engine/gates.test.ts'],
  },
  {
    check: 'a worker that is being replaced is not switched',
    file: 'src/engine/gates.ts',
    edits: [{ find: '    !stopping,\n', replace: '    true,\n' }],
    tests: ['test/engine/gates.test.ts'],
  },
  {
    check: 'a socket without level admin is refused before the switch',
    file: 'src/engine/gates.ts',
    edits: [{ find: `    level === 'admin',\n`, replace: '    true,\n' }],
    tests: ['test/engine/gates.test.ts'],
  },
  {
    check: 'counters proof: a window begins anew after a reload',
    file: 'src/verdict/bake-window.ts',
    edits: [
      {
        find: 'const restarted = before !== undefined && isAnew',
        replace: 'const restarted = before === null && isAnew',
      },
    ],
    tests: [bakeTest],
  },
  {
    check: 'a bake with too few requests proves nothing',
    file: 'src/verdict/judge-bake.ts',
    edits: [{ find: 'if (requests < limits.minimumRequests) {', replace: 'if (requests < 0) {' }],
    tests: [bakeTest],
  },
  {
    check: 'bake: errors that come in bursts are no independent witnesses',
    file: 'src/verdict/judge-bake.ts',
    edits: [{ find: 'logEvidence(all) / burstiness', replace: 'logEvidence(all) / 1' }],
    tests: [bakeTest],
  },
  {
    check: 'bake: bursts are assumed while nobody has watched long enough',
    file: 'src/verdict/baseline.ts',
    edits: [{ find: 'watchedMs < knownAfterMs', replace: 'watchedMs < -knownAfterMs' }],
    tests: [bakeTest],
  },
  {
    check: 'bake: above the limit and not proved is for a person',
    file: 'src/verdict/judge-bake.ts',
    edits: [{ find: 'if (rate > errorRate) {', replace: 'if (rate > 1) {' }],
    tests: [bakeTest],
  },
  {
    check: "bake: a fault that the old side has is not this release's",
    file: 'src/verdict/baseline.ts',
    edits: [{ find: 'if (answers.errors === 0)', replace: 'if (answers.errors >= 0)' }],
    tests: [bakeTest],
  },
  {
    check: 'bake: a fault that both sides have from now on takes nothing back',
    file: 'src/verdict/bake-window.ts',
    edits: [{ find: 'if (!bothLive) return before;', replace: 'if (limit >= 0) return before;' }],
    tests: [bakeTest],
  },
  {
    check: 'bake: response times are of this window',
    file: 'src/verdict/interval-mean.ts',
    edits: [
      {
        find: 'kept * sum(weightBefore, before.ttime)',
        replace: '0 * sum(weightBefore, before.ttime)',
      },
    ],
    tests: [bakeTest],
  },
  {
    check: 'bake: what HAProxy rounds away is not taken for known',
    file: 'src/verdict/judge-times.ts',
    edits: [{ find: 'time.mean + time.error > limit', replace: 'time.mean > limit' }],
    tests: [bakeTest],
  },
  {
    check: 'bake: before and after is no experiment',
    file: 'src/verdict/judge-times.ts',
    edits: [{ find: 'const beforeAfter = 2;', replace: 'const beforeAfter = 1;' }],
    tests: [bakeTest],
  },
  {
    check: 'what an earlier process wrote and saw no end of counts as unknown',
    file: 'src/engine/recover.ts',
    edits: [{ find: '  doubtOpenWrites(context);', replace: '  void doubtOpenWrites;' }],
    tests: [safeguards],
  },
  {
    check: "a releaser's second word is going back, not a settlement over another hand's value",
    file: 'src/engine/settle.ts',
    edits: [{ find: "foreign !== 'kept'", replace: "foreign !== 'kept' || Date.now() > 0" }],
    tests: [safeguards],
  },
];
