import { describe, expect, test } from 'vitest';
import { storedText, typedText } from '../../../demo/slack/markup.ts';
import { localWorkspace } from '../../../demo/slack/workspace.ts';

describe('text an app sends', () => {
  test.each([
    ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
    ['&lt;kept&gt; &amp;', '&lt;kept&gt; &amp;'],
    [
      '<@U0ANN> <#C0RELEASES|releases> <!subteam^S0LEADS>',
      '<@U0ANN> <#C0RELEASES|releases> <!subteam^S0LEADS>',
    ],
    [
      '<https://a.example/?x=1|link> <javascript:alert(1)>',
      '<https://a.example/?x=1|link> &lt;javascript:alert(1)&gt;',
    ],
    ['<@nobody>', '&lt;@nobody&gt;'],
  ])('%s', (sent, stored) => {
    expect(storedText(sent)).toBe(stored);
  });
});

describe('text a person types', () => {
  test('a command gets ids with labels, and its special characters escaped', () => {
    const typed = 'history by @Ann #releases <!channel> a@b.example https://x.example';

    expect(typedText(typed, localWorkspace, 'command')).toBe(
      'history by <@U0ANN|ann> <#C0RELEASES|releases> &lt;!channel&gt; a@b.example <https://x.example>',
    );
  });

  test('a message gets bare ids', () => {
    expect(typedText('@pointsman status, @nobody', localWorkspace, 'message')).toBe(
      '<@U0POINTSMAN> status, @nobody',
    );
  });

  test('a command registered without escaping keeps names as typed', () => {
    expect(typedText('by @ann', localWorkspace, 'plain')).toBe('by @ann');
  });
});
