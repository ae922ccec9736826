import { expect, test } from 'vitest';
import {
  expectThat,
  type Held,
  playSteps,
  type Step,
  StepFailed,
} from '../../../demo/script/step.ts';

const never = new AbortController().signal;

test('steps are played in order, and each tells what was seen', async () => {
  const held: Held[] = [];
  const steps: Step<string[]>[] = ['one', 'two'].map((name) => ({
    name,
    deadline: 1_000,
    run: async (scene) => `${name} after ${scene.push(name) - 1}`,
  }));

  await playSteps(steps, [], { signal: never, onHeld: (one) => held.push(one) });

  expect(held.map(({ name, seen }) => [name, seen])).toEqual([
    ['one', 'one after 0'],
    ['two', 'two after 1'],
  ]);
});

test.each([
  ['that does not hold', async () => expectThat(false, 'green was expected, blue came.') ?? ''],
  ['that never ends', () => new Promise<string>(() => {})],
])('the first step %s ends the play, by its name', async (_, run) => {
  const held: Held[] = [];
  const steps: Step<null>[] = [
    { name: 'good', deadline: 1_000, run: async () => 'fine' },
    { name: 'bad', deadline: 50, run },
    { name: 'after', deadline: 1_000, run: async () => 'never played' },
  ];

  const played = playSteps(steps, null, { signal: never, onHeld: (one) => held.push(one) });

  await expect(played).rejects.toThrow(StepFailed);
  await expect(played).rejects.toThrow(
    /^The step "bad" did not hold: (green was expected, blue came\.|it took longer than 50 ms)$/,
  );
  expect(held.map(({ name }) => name)).toEqual(['good']);
});

test('a stop ends the step that is being played', async () => {
  const stopping = new AbortController();
  const steps: Step<null>[] = [
    { name: 'long', deadline: 60_000, run: () => new Promise<string>(() => {}) },
  ];

  const played = playSteps(steps, null, { signal: stopping.signal, onHeld: () => {} });
  stopping.abort(new Error('stopped by SIGINT'));

  await expect(played).rejects.toThrow(/stopped by SIGINT/);
});
