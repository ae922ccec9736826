import { expect, test } from 'vitest';
import { Dice } from './dice.ts';
import { soakOn } from './route-soak.ts';
import { soakThroughSlack } from './slack-soak.ts';
import { soakTwoKeys } from './two-keys-soak.ts';

// `npm run soak` takes as long as one likes; here each kind plays a round or two.
const plan = { minutes: 0.03, dice: new Dice(7), count: () => undefined };

test.each([
  ['two services on one map', () => soakTwoKeys(plan)],
  ['one route', () => soakOn({ ...plan, route: 'sessions-servers' })],
  ['the whole bot, through Slack', () => soakThroughSlack({ ...plan, rounds: 2 })],
] as const)(
  '%s: what is played at random violates nothing',
  async (_, soak) => {
    const { rounds, violations } = await soak();

    expect(violations).toEqual([]);
    expect(rounds).toBeGreaterThan(0);
  },
  240_000,
);
