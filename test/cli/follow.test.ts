import { expect, test } from 'vitest';
import { follow, type Seen } from '../../src/cli/follow.ts';
import type { Release } from '../../src/release/release.ts';
import { aRelease } from '../slack/a-release.ts';

/** Follows a release through these states; what was said, and the exit code. */
async function followed(states: readonly (Partial<Release> | Seen)[], goesBack = false) {
  const said: string[] = [];
  let look = 0;
  const exit = await follow(
    { kind: 'done', text: '', release: 'checkout-42' },
    {
      releaseOf: () => {
        const now = states[Math.min(look, states.length - 1)] ?? {};
        look += 1;
        if ('kind' in now) return now;
        return { kind: 'release', release: { ...base, ...now } as Release };
      },
      sleep: async () => undefined,
      goesBack,
      end: ({ sentence, byHand }) => said.push(...[sentence, ...byHand].filter((s) => s !== '')),
      show: (line, done, total) => said.push(`${line} ${done}/${total}`),
    },
  );
  return { exit, said };
}

const base = aRelease().release;

test('each state is said once, and what waits for a person ends it with 0', async () => {
  const { exit, said } = await followed([
    { state: 'preflight', stage: 'preflight' },
    { state: 'preflight', stage: 'preflight' },
    { state: 'awaiting_acceptance', stage: 'awaiting_acceptance' },
  ]);

  expect(exit).toBe(0);
  expect(said.map((line) => line.split(' · ')[1])).toEqual([
    expect.stringMatching(/^Checking 1\//),
    expect.stringMatching(/^Awaiting acceptance 6\//),
  ]);
});

test('a failed release ends with 1 and its sentence', async () => {
  const ended = { sentence: 'A gate refused.', at: '', durationMs: 1, by: base.requester };
  const { exit, said } = await followed([{ state: 'failed', ended }]);

  expect(exit).toBe(1);
  expect(said.at(-1)).toBe('A gate refused.');
});

test('what needs attention ends with 5 and the lines to settle it by hand', async () => {
  const attention = { why: 'lb-2 is away.', byHand: ['echo ... | socat'], reapplying: false };
  const { exit, said } = await followed([{ state: 'needs_attention', attention }]);

  expect(exit).toBe(5);
  expect(said.slice(-2)).toEqual(['lb-2 is away.', 'echo ... | socat']);
});

test('an accepted release is followed to its end, not only to the word', async () => {
  const { exit, said } = await followed([
    { state: 'awaiting_acceptance', acceptedBy: base.requester },
    { state: 'persisting', acceptedBy: base.requester },
    { state: 'completed', acceptedBy: base.requester },
  ]);

  expect(exit).toBe(0);
  expect(said).toHaveLength(3);
});

test.each(['absent', 'silent', 'none'] as const)(
  'a release whose bot is %s in the middle is not known to be done: 5, and what to do',
  async (kind) => {
    const { exit, said } = await followed([{ state: 'switching', stage: 'switching' }, { kind }]);

    expect(exit).toBe(5);
    expect(said.at(-1)).toMatch(
      /while checkout-42 was at "Switching": nobody knows how it goes on until .*`pointsman status checkout` or `pointsman settle checkout-42 /,
    );
  },
);

test('a bot that is back within seconds is followed on', async () => {
  const { exit } = await followed([
    { state: 'switching' },
    ...Array.from({ length: 50 }, () => ({ kind: 'absent' }) as const),
    { state: 'completed' },
  ]);

  expect(exit).toBe(0);
});

test('who asked for the way back is done when it has gone back, by whose hand ever', async () => {
  const ended = { sentence: 'Went back.', at: '', durationMs: 1, by: base.requester };

  expect((await followed([{ state: 'rolled_back', ended }], true)).exit).toBe(0);
  expect((await followed([{ state: 'rolled_back', ended }])).exit).toBe(1);
});
