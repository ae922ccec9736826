import { expect, test } from 'vitest';
import { Endings } from '../../demo/endings.ts';

test('what was started is ended in the opposite order, once, and one failure keeps no other from its end', async () => {
  const ended: string[] = [];
  const endings = new Endings();
  endings.add('the first', () => ended.push('first'));
  endings.add('the second', async () => {
    throw new Error('it is stuck');
  });
  endings.add('the third', () => ended.push('third'));

  const problems = await Promise.all([endings.end(), endings.end()]);

  expect(ended).toEqual(['third', 'first']);
  expect(problems).toEqual([
    ['the second could not be ended: it is stuck'],
    ['the second could not be ended: it is stuck'],
  ]);
});
