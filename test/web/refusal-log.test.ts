import { expect, test } from 'vitest';
import { RefusalLog } from '../../src/web/refusal-log.ts';
import { TestClock } from '../support/clock.ts';
import { waitUntil } from '../support/wait-until.ts';

test('twenty thousand refusals are three lines: the first at once, the others ten seconds at a time', async () => {
  const clock = new TestClock();
  const said: string[] = [];
  const refusals = new RefusalLog({ clock, warn: (line) => said.push(line) });

  refusals.count('10.0.0.9', 'no signature');
  for (let n = 0; n < 20_000; n += 1) refusals.count(`10.1.${n % 7}.1`, 'wrong signature');
  refusals.count('10.0.0.9', 'too large');
  clock.advance(10_000);
  await waitUntil(() => said.length === 2);
  refusals.count('10.0.0.9', 'too large');
  refusals.stop();
  await waitUntil(() => said.length === 3);

  expect(said).toEqual([
    'Refused 1 request: no signature (1); from 10.0.0.9 (1).',
    'Refused 20001 requests: wrong signature (20000), too large (1); from 10.1.0.1 (2858), 10.1.1.1 (2857), 10.1.2.1 (2857), 10.1.3.1 (2857), 10.1.4.1 (2857), 3 others.',
    'Refused 1 request: too large (1); from 10.0.0.9 (1).',
  ]);
});

test('after a quiet while the next one is logged at once again', async () => {
  const clock = new TestClock();
  const said: string[] = [];
  const refusals = new RefusalLog({ clock, warn: (line) => said.push(line) });

  refusals.count('10.0.0.9', 'too large');
  clock.advance(10_000);
  await waitUntil(() => clock.sleepers === 0);
  await new Promise((resolve) => setImmediate(resolve));
  refusals.count('10.0.0.9', 'too large');

  expect(said).toHaveLength(2);
  refusals.stop();
});
