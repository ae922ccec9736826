import type { Mutant } from './mutant.ts';

const source = 'src/haproxy/routes/sessions';
const route = 'test/haproxy/routes/sessions';

/** Route `sessions`: who stays, who moves, and that nobody is ever without a server. */
export const sessionsMutants: readonly Mutant[] = [
  {
    check:
      'sessions by servers: the new side comes first, so that no part of the line leaves nobody',
    file: `${source}/servers/switch-servers.ts`,
    edits: [
      {
        find: `  return [
    ...target.servers[to].map((server) => ({ server, state: 'ready' as const })),
    ...old.map(({ name }) => ({ server: name, state: 'drain' as const })),
  ];`,
        replace: `  return [
    ...old.map(({ name }) => ({ server: name, state: 'drain' as const })),
    ...target.servers[to].map((server) => ({ server, state: 'ready' as const })),
  ];`,
      },
    ],
    tests: [`${route}/servers/switch.test.ts`],
  },
  {
    check: 'sessions by servers: what is in maintenance on the old side stays there',
    file: `${source}/servers/switch-servers.ts`,
    edits: [{ find: `.filter(({ state }) => state !== 'maint')`, replace: '' }],
    tests: [`${route}/servers/switch.test.ts`],
  },
  {
    check: 'sessions by servers: both sides ready is neither side',
    file: `${source}/servers/held-side.ts`,
    edits: [{ find: ' && !servers[otherSide(side)].some(isReady)', replace: '' }],
    tests: [`${route}/servers/read.test.ts`],
  },
  {
    check: 'sessions: a server in drain is healthy only while its check passes',
    file: `${source}/one-backend/drained-health.ts`,
    edits: [
      {
        find: `if (state !== 'drain' || word !== 'drain' || health !== 'drain') return health;`,
        replace: `if (state !== 'drain') return health;`,
      },
    ],
    tests: [`${route}/one-backend/drained-health.test.ts`],
  },
  {
    check: 'sessions: the side that has the new users is never taken out',
    file: `${source}/one-backend/take-out.ts`,
    edits: [
      { find: `held.kind !== 'side' || held.side !== other`, replace: `held.kind === 'none'` },
    ],
    tests: [`${route}/servers/users.test.ts`, `${route}/health/users.test.ts`],
  },
  {
    check: 'sessions: only what is in maintenance is let in',
    file: `${source}/one-backend/let-in.ts`,
    edits: [{ find: `.filter(({ state }) => state === 'maint')`, replace: '' }],
    tests: [`${route}/servers/users.test.ts`],
  },
  {
    check: 'sessions: those of the other side do not count',
    file: 'src/haproxy/backends/left-on-backend.ts',
    edits: [{ find: 'only === undefined || only.includes(name)', replace: 'name !== undefined' }],
    tests: [`${route}/servers/sessions.test.ts`],
  },
  {
    check: 'sessions by health: the nodes of a volley share one flight',
    file: `${source}/health/flight.ts`,
    edits: [
      {
        find: 'if (seats !== undefined) {',
        replace: 'if (seats !== undefined && seats.length === 0) {',
      },
    ],
    tests: [`${route}/health/users.test.ts`],
  },
  {
    check: 'sessions by health: the old side goes only when every node has seen the new one',
    file: `${source}/health/flight.ts`,
    edits: [
      {
        find: 'refusalOf(enabled, before) ?? (await notSeenIn(journey, members, enabled))',
        replace:
          'refusalOf(enabled, before) ?? (await notSeenIn({ ...journey, target: { ...journey.target, nodes: [] } }, members, enabled))',
      },
    ],
    tests: [`${route}/health/switch.test.ts`],
  },
  {
    check: 'sessions by health: what was enabled in vain is taken back',
    file: `${source}/health/flight.ts`,
    edits: [{ find: '    await undo(enabled, before, gate);\n', replace: '' }],
    tests: [`${route}/health/switch.test.ts`],
  },
  {
    check: 'sessions by health: one that is alive and says no keeps all from going',
    file: `${source}/health/flight.ts`,
    edits: [{ find: 'if (refused.length === 0 && told', replace: 'if (told' }],
    tests: [`${route}/health/switch.test.ts`],
  },
  {
    check: 'sessions by health: no application is told where a node did not take its line',
    file: `${source}/health/flight.ts`,
    edits: [
      {
        find: `lines.some(({ kind }) => kind !== 'accepted')`,
        replace: `lines.every(({ kind }) => kind !== 'accepted')`,
      },
    ],
    tests: [`${route}/health/switch.test.ts`],
  },
  {
    check: 'sessions by health: the barrier waits for what the applications say',
    file: `${source}/health/switch-applications.ts`,
    edits: [
      {
        find: 'look !== undefined && (await agrees(node.target, look))',
        replace: 'look !== undefined',
      },
    ],
    tests: [`${route}/health/switch.test.ts`],
  },
  {
    check: 'sessions by health: persist alone does not keep the sessions',
    file: `${source}/health/persistence-gate.ts`,
    edits: [
      {
        find: `options.has('persist') && options.has('redispatch')`,
        replace: `options.has('persist') || options.has('redispatch')`,
      },
    ],
    tests: [`${route}/health/read.test.ts`],
  },
  {
    check: 'sessions by health: an application that says nothing of itself is not healthy',
    file: `${source}/health/seen-switch.ts`,
    edits: [
      {
        find: `  return (asked.get(name) ?? 'unknown') === 'unknown' ? 'down' : 'healthy';`,
        replace: `  return 'healthy';`,
      },
    ],
    tests: [`${route}/health/seen-switch.test.ts`],
  },
  {
    check: 'sessions by health: a redirect is not followed, and is no yes',
    file: `${source}/health/tell-applications.ts`,
    edits: [{ find: 'answer.status < 300', replace: 'answer.status < 400' }],
    tests: [`${route}/health/switch.test.ts`],
  },
];
