import { expect, test } from 'vitest';
import { NodeTries } from '../../src/engine/node-tries.ts';
import { nodeName } from '../../src/release/vocabulary.ts';

const lb1 = nodeName('lb-1');
const lb2 = nodeName('lb-2');

function threeTries(end: (tries: NodeTries) => void): NodeTries {
  const tries = new NodeTries();
  for (let i = 0; i < 3; i += 1) {
    expect(tries.whyNoMore(lb2, 'green')).toBeUndefined();
    tries.begin(lb2);
    end(tries);
  }
  return tries;
}

const answer = 'HAProxy answered "entry not found." to "set map /m active backend_blue; …"';
test.each([
  [
    'refused',
    (tries: NodeTries) => tries.note([{ node: lb2, result: { kind: 'refused', why: answer } }]),
    `the last: ${answer}`,
  ],
  [
    'not sent',
    (tries: NodeTries) => tries.noteUnsent(lb2, 'lb-2 could not be reached.'),
    'the last was not sent: lb-2 could not be reached.',
  ],
  [
    'accepted',
    (tries: NodeTries) => tries.note([{ node: lb2, result: { kind: 'accepted' } }]),
    'the last was accepted',
  ],
])('after three writes, the last of them %s, a node is not written any more', (_, end, last) => {
  const tries = threeTries(end);

  expect(tries.whyNoMore(lb2, 'green')).toBe(`it still holds green after 3 writes; ${last}`);
  expect(tries.whyNoMore(lb1, 'green')).toBeUndefined();
  expect(tries.nodes).toEqual([lb2]);
});
