import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spoken, wordOf } from '../../src/slack/command-words.ts';
import { defaultCommands } from '../../src/slack/manifest.ts';
import { pressCommand } from '../../src/slack/press-command.ts';
import { progressBar } from '../../src/slack/progress-bar.ts';
import { slackDate, spanText, utcDate, zonedDate } from '../../src/slack/slack-date.ts';
import {
  cleanText,
  codeBlock,
  cutText,
  escapeText,
  personText,
  sentenceText,
  typedText,
} from '../../src/slack/slack-text.ts';
import { sentenceCell, textCell } from '../../src/slack/table-cells.ts';
import { typedWords } from '../../src/slack/typed-words.ts';

test.each([
  ['@U0ANN approved it.', '<@U0ANN> approved it.'],
  ['Approved by @W0BOB (@U0ANN).', 'Approved by <@W0BOB> (<@U0ANN>).'],
  ['a@U0ANN mail@U0ANN.example', 'a@U0ANN mail@U0ANN.example'],
  ['@channel @here <!channel> <@U0ANN>', '@channel @here &lt;!channel&gt; &lt;@U0ANN&gt;'],
  ['@cli:root and @U0ann', '@cli:root and @U0ann'],
  ['`map` & more', '`map` &amp; more'],
])('the sentence %j is shown as %j', (sentence, shown) => {
  expect(sentenceText(sentence)).toBe(shown);
});

test('what a person typed mentions nobody, is one line, and hides nothing', () => {
  expect(typedText('a\n@U0ANN \u202e<!here>\u0000\u200b & b')).toBe(
    'a @U0ANN &lt;!here&gt; &amp; b',
  );
});

test('no text of a person ever has a live mention, link or channel in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(typedText(text)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)|\p{Cc}/u);
      expect(sentenceText(text)).not.toMatch(/<(?!@[UW][A-Z0-9]+>)/);
    }),
  );
});

test('a cut is as long as allowed at most, ends with an ellipsis, and splits nothing', () => {
  const parts = fc.constantFrom('&', '<', '>', 'a', '🟢', '<@U0ANN>');
  fc.assert(
    fc.property(fc.array(parts), fc.integer({ min: 1, max: 60 }), (made, limit) => {
      const text = made.map((part) => (part.length > 2 ? part : escapeText(part))).join('');

      const cut = cutText(text, limit);

      expect(cut.length).toBeLessThanOrEqual(limit);
      if (cut === text) return;
      expect(cut.at(-1)).toBe('…');
      expect(text.startsWith(cut.slice(0, -1))).toBe(true);
      expect(cut).not.toMatch(/&(?!amp;|lt;|gt;)|<(?!@U0ANN>)|[\ud800-\udbff](?![\udc00-\udfff])/);
    }),
  );
});

test('lines by hand cannot leave their code block', () => {
  expect(codeBlock(['echo ``` <!channel>', 'b'], 100)).toEqual({
    block: "```echo ''' &lt;!channel&gt;\nb```",
    left: 0,
  });
});

test('lines by hand are shown whole or not at all, and those left out are counted', () => {
  const { block, left } = codeBlock(Array(500).fill('0123456789'), 100);

  expect(block).toBe(`\`\`\`${Array(8).fill('0123456789').join('\n')}\`\`\``);
  expect(left).toBe(492);
});

test('an actor whom Slack does not know is named, not mentioned', () => {
  expect([personText('U0ANN'), personText('system:bake'), personText('cli:ro`ot')]).toEqual([
    '<@U0ANN>',
    'the bake',
    "`cli:ro'ot`",
  ]);
});

test('lone surrogates and tags are not sent on', () => {
  expect(cleanText('a\ud83d b\udfe2 🟢 \u{e0041}c')).toBe('a b 🟢 c');
});

test.each([
  ['checkout because &lt;b&gt; &amp;amp; c', 'checkout because <b> &amp; c'],
  ['history by <@U0ANN|ann>', 'history by @U0ANN'],
  ['see <#C0OPS|ops> and <https://a.example/x|a.example>', 'see #ops and https://a.example/x'],
  [
    'checkout version <http://registry.example.com:5000/web:1.2|registry.example.com:5000/web:1.2>@sha256:0a',
    'checkout version registry.example.com:5000/web:1.2@sha256:0a',
  ],
  ['<!channel> <!subteam^S0LEADS|@leads> ', '@channel @S0LEADS'],
])('%j was typed as %j', (text, typed) => {
  expect(typedWords(text)).toBe(typed);
});

test.each([
  ['<@UBOT> status checkout', { word: 'status', rest: 'checkout' }],
  ['hey <@UBOT|pointsman>: /release checkout\nbecause  x', undefined],
  ['<@UBOT> /release checkout\nbecause  x', { word: 'release', rest: 'checkout because x' }],
  ['<@UBOT> Release-Status: checkout', { word: 'status', rest: 'checkout' }],
  ['<@UBOT>', undefined],
  ['<@UBOT> status by <@U0ANN>', { word: 'status', rest: 'by @U0ANN' }],
])('the mention %j is heard as %j', (text, heard) => {
  expect(spoken(defaultCommands, text, 'UBOT')).toEqual(heard);
});

test('a slash command is known by its configured names alone', () => {
  expect(wordOf(defaultCommands, '/release-status')).toBe('status');
  expect(wordOf(defaultCommands, '/ship')).toBeUndefined();
});

test.each([
  ['approve', { kind: 'approve', of: 'checkout-42', seen: 'abcdef012345' }],
  ['cancel', { kind: 'cancel', of: 'checkout-42' }],
  ['accept', { kind: 'accept', of: 'checkout-42' }],
  ['roll_back', { kind: 'abort', of: 'checkout-42' }],
  ['wait', { kind: 'wait', of: 'checkout-42', seen: 'abcdef012345' }],
  ['shut_down_sessions', { kind: 'shut_down_sessions', of: 'checkout-42', seen: 'abcdef012345' }],
  ['re_apply', { kind: 'reapply', of: 'checkout-42' }],
  ['accept_blue', { kind: 'accept_side', of: 'checkout-42', side: 'blue' }],
  ['accept_green', { kind: 'accept_side', of: 'checkout-42', side: 'green' }],
  ['toString', undefined],
  ['', undefined],
])('a press on %s is the command %j', (action, command) => {
  const block = 'release:abcdef012345';

  expect(pressCommand({ action, value: 'checkout-42', block })).toEqual(command);
});

test('a press on anything that is no release and no service is no command', () => {
  for (const value of ['', 'Checkout', 'a b', 'x;y', '<!channel>', 'a'.repeat(65)]) {
    expect(pressCommand({ action: 'approve', value, block: 'release:abc' })).toBeUndefined();
  }
});

test('a press on an unmarked block says nothing of what was seen', () => {
  const pressed = { action: 'approve', value: 'checkout-42', block: 'service:checkout' };

  expect(pressCommand(pressed)).toEqual({ kind: 'approve', of: 'checkout-42' });
});

test('a moment is shown in every reader’s own zone, with UTC beside it', () => {
  const at = '2026-03-01T12:15:07.123Z';

  expect(slackDate(at)).toBe(
    '<!date^1772367307^{date_short_pretty} {time}|2026-03-01 12:15> (12:15 UTC)',
  );
  expect(zonedDate(at, 'Europe/Berlin')).toBe('2026-03-01 13:15:07 Europe/Berlin');
  expect(utcDate(at)).toBe('2026-03-01 12:15:07 UTC');
  expect(slackDate('<!channel>')).toBe('channel');
});

test.each([
  [0, '0 ms'],
  [12.4, '12 ms'],
  [59_499, '59 s'],
  [372_000, '6 min 12 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
])('%d milliseconds are %s', (ms, words) => {
  expect(spanText(ms)).toBe(words);
});

test('a bar is as full as its share, and none where nothing is measured', () => {
  expect(progressBar(1, 4)).toBe(`${'▰'.repeat(5)}${'▱'.repeat(15)} 25 %`);
  expect(progressBar(9, 4)).toBe(`${'▰'.repeat(20)} 100 %`);
  expect(progressBar(-1, 4)).toBe(`${'▱'.repeat(20)} 0 %`);
  expect([progressBar(undefined, 4), progressBar(1, 0), progressBar(1, Number.NaN)]).toEqual([
    '',
    '',
    '',
  ]);
});

test("a moment is shown in every reader's own zone, and programs have names", () => {
  expect(sentenceText('Open since 2026-11-28T08:46:06.848Z, taken back by @system:smoke.')).toBe(
    'Open since <!date^1795855566^{date_short_pretty} {time}|2026-11-28 08:46> (08:46 UTC), taken back by the smoke test.',
  );
  expect(sentenceCell('until 2026-11-28T08:46:06.848Z', 'Europe/Berlin')).toEqual(
    textCell('until 2026-11-28 09:46:06 Europe/Berlin'),
  );
});
