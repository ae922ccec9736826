import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asTyped } from '../../src/commands/as-typed.ts';
import type { Command } from '../../src/commands/command.ts';
import { canonicalNames, type Topic } from '../../src/commands/command-names.ts';
import { helpLines } from '../../src/commands/help-lines.ts';
import { parse } from '../../src/commands/parse.ts';
import type { Service } from '../../src/config/config.ts';
import { whyNoVersion } from '../../src/release/version.ts';

const now = new Date('2026-11-20T12:00:00Z');
const services = ['checkout', 'cart', 'search'];

function read(topic: Topic, text: string, timezone = 'Europe/Berlin') {
  return parse(topic, text, { timezone }, now, { services });
}

const refused = (sentence: string) => ({ kind: 'misunderstood', sentence });

describe('/release', () => {
  test.each([
    ['checkout', { kind: 'release', service: 'checkout' }],
    ['checkout green', { kind: 'release', service: 'checkout', side: 'green' }],
    [
      'checkout blue version v1.4.2+build/7 because it is time, because I say so',
      {
        kind: 'release',
        service: 'checkout',
        side: 'blue',
        version: 'v1.4.2+build/7',
        because: 'it is time, because I say so',
      },
    ],
    [
      'checkout version 2 green',
      { kind: 'release', service: 'checkout', side: 'green', version: '2' },
    ],
    [
      'checkout override because the freeze is over',
      { kind: 'release', service: 'checkout', override: true, because: 'the freeze is over' },
    ],
    ['plan checkout green', { kind: 'plan', service: 'checkout', side: 'green' }],
    ['accept checkout', { kind: 'accept', of: 'checkout' }],
    ['accept checkout-42', { kind: 'accept', of: 'checkout-42' }],
    ['finish checkout', { kind: 'finish', service: 'checkout' }],
    [
      'finish checkout because of the cycle',
      { kind: 'finish', service: 'checkout', because: 'of the cycle' },
    ],
    [
      'finish checkout override because it must',
      { kind: 'finish', service: 'checkout', override: true, because: 'it must' },
    ],
    ['abort gone-7', { kind: 'abort', of: 'gone-7' }],
    ['abort checkout because errors', { kind: 'abort', of: 'checkout', because: 'errors' }],
    ['cancel checkout-42', { kind: 'cancel', of: 'checkout-42' }],
    [
      'settle checkout-42 blue because lb-2 is dead',
      { kind: 'settle', release: 'checkout-42', side: 'blue', because: 'lb-2 is dead' },
    ],
    [
      'adopt cart green because new here',
      { kind: 'adopt', service: 'cart', side: 'green', because: 'new here' },
    ],
    ['lock cart because audit', { kind: 'lock', service: 'cart', because: 'audit' }],
    ['unlock cart because done', { kind: 'unlock', service: 'cart', because: 'done' }],
    ['', { kind: 'help', topic: 'release' }],
    ['help', { kind: 'help', topic: 'release' }],
    ['settle help', { kind: 'help', topic: 'release' }],
    ['--help', { kind: 'help', topic: 'release' }],
  ])('%s', (text, command) => {
    expect(read('release', text)).toEqual(command);
  });

  test.each([
    ['Checkout GREEN Because It Works', { side: 'green', because: 'It Works' }],
    [
      '\u00a0checkout\u2003green\u200b 🚀 because it’s “done”\u202e',
      { side: 'green', because: 'it\'s "done"' },
    ],
    [
      'checkout :rocket: green because ship it :rocket:',
      { side: 'green', because: 'ship it :rocket:' },
    ],
    ['checkout green\nbecause two\nlines\u0007', { side: 'green', because: 'two lines' }],
    [
      'checkout green because a &lt; b &amp;&amp; c &amp;lt; d',
      { side: 'green', because: 'a < b && c &lt; d' },
    ],
    [
      'checkout green because <@U0ANN|ann> and <#C1|general> say <https://x.example/a|so>, <!channel>',
      { side: 'green', because: '@ann and #general say https://x.example/a, @channel' },
    ],
    ['checkout green because: colon', { side: 'green', because: 'colon' }],
  ])('as phones and Slack write it: %j', (text, rest) => {
    expect(read('release', text)).toEqual({ kind: 'release', service: 'checkout', ...rest });
  });

  test.each([
    ['chekout', 'There is no service "chekout". Did you mean `/release checkout`?'],
    ['zzz', 'There is no service "zzz". There are checkout, cart, search.'],
    ['acept checkout', 'There is no service "acept". Did you mean `/release accept checkout`?'],
    [
      'checkout-42',
      '"checkout-42" is a release; name its service. Did you mean `/release checkout`?',
    ],
    [
      'checkout gren because x',
      'I do not understand "gren". Did you mean `/release checkout green because x`?',
    ],
    ['checkout v1.2', 'I do not understand "v1.2". Did you mean `/release checkout version v1.2`?'],
    [
      'checkout it is time',
      'I do not understand "it". Did you mean `/release checkout because it is time`?',
    ],
    [
      'checkout nonsense',
      'I do not understand "nonsense". Write `/release <service> [blue|green] [version <v>] [because <reason>]`.',
    ],
    ['checkout blue green', 'A release goes to one side: blue or green?'],
    [
      'checkout version 1 version 2',
      'You wrote version twice. Once is enough: `/release checkout version 1`.',
    ],
    ['checkout version', 'Which version? Write `/release checkout version 1.4.2`.'],
    [
      'checkout version 1;2',
      '"1;2" is no version: expected letters, digits and _ . : + / @ ~ -, beginning with a letter, a digit or _.',
    ],
    [
      `checkout version sha256:${'a'.repeat(63)}`,
      `"sha256:${'a'.repeat(33)}..." is no version: expected 64 hexadecimal digits behind sha256:, there are 63.`,
    ],
    [
      `checkout web:1.2@sha256:${'a'.repeat(64)}`,
      `I do not understand "web:1.2@sha256:${'a'.repeat(25)}...". Did you mean \`/release checkout version web:1.2@sha256:${'a'.repeat(64)}\`?`,
    ],
    [
      'checkout because',
      'Which reason? Write `/release checkout because <reason>`, or leave because out.',
    ],
    [
      'checkout override',
      'An override needs a reason. Write `/release checkout override because <reason>`.',
    ],
    ['plan', 'Which service? Write `/release plan <service> [blue|green] [version <v>]`.'],
    ['accept', 'Which one? Write `/release accept <service or release>`.'],
    ['accept chekout', 'There is no service "chekout". Did you mean `/release accept checkout`?'],
    [
      'accept cart checkout',
      'I do not understand "checkout". Write `/release accept <service or release>`.',
    ],
    ['settle', 'Which release? Write `/release settle <release> blue|green because <reason>`.'],
    [
      'settle checkout blue because x',
      '"checkout" is no release. Name one by its id, such as `/release settle checkout-42 blue because x`.',
    ],
    [
      'settle checkout-42 because x',
      'To which side? Write `/release settle <release> blue|green because <reason>`.',
    ],
    [
      'settle checkout-42 bleu because x',
      'I do not understand "bleu". Did you mean `/release settle checkout-42 blue because x`?',
    ],
    [
      'settle checkout-42 blue',
      'To settle needs a reason. Write `/release settle checkout-42 blue because <reason>`.',
    ],
    ['adopt cart', 'To which side? Write `/release adopt <service> blue|green because <reason>`.'],
    [
      'adopt cart blue',
      'To adopt needs a reason. Write `/release adopt cart blue because <reason>`.',
    ],
    ['lock cart', 'To lock needs a reason. Write `/release lock cart because <reason>`.'],
    [
      'unlock cart becuase x',
      'I do not understand "becuase". Did you mean `/release unlock cart because x`?',
    ],
    [
      `checkout because ${'x'.repeat(501)}`,
      'A reason has at most 500 characters and this one has 501. Nothing was done; say it shorter.',
    ],
    ['x'.repeat(8001), 'That line has 8001 characters; say it in 8000.'],
    ['`; shutdown`', 'There is no service "\';". There are checkout, cart, search.'],
  ])('%s is answered with the nearest valid form', (text, sentence) => {
    expect(read('release', text)).toEqual(refused(sentence));
  });

  test('without a list of services takes every well-formed name, and still sees a mistyped verb', () => {
    const readAny = (text: string) => parse('release', text, { timezone: 'utc' }, now);

    expect(readAny('anything green')).toEqual({
      kind: 'release',
      service: 'anything',
      side: 'green',
    });
    expect(readAny('acept checkout')).toEqual(
      refused('I do not understand "acept". Did you mean `/release accept checkout`?'),
    );
    expect(readAny('a_b')).toEqual(
      refused(
        'I do not understand "a_b": expected a service name of a-z, 0-9 and -, beginning with a letter, up to 32 long.',
      ),
    );
    expect(readAny('checkout-42')).toEqual(
      refused('"checkout-42" is a release; name its service. Did you mean `/release checkout`?'),
    );
  });
});

describe('/rollback', () => {
  test.each([
    ['checkout', { kind: 'rollback', service: 'checkout' }],
    ['checkout because 500s', { kind: 'rollback', service: 'checkout', because: '500s' }],
    [
      'checkout override because no way out',
      { kind: 'rollback', service: 'checkout', override: true, because: 'no way out' },
    ],
    ['help', { kind: 'help', topic: 'rollback' }],
    ['', refused('Which service? Write `/rollback <service> [because <reason>]`.')],
    [
      'chekout because x',
      refused('There is no service "chekout". Did you mean `/rollback checkout because x`?'),
    ],
    [
      'checkout-42',
      refused(
        '"checkout-42" is a release; a rollback takes a service back. Did you mean `/rollback checkout`?',
      ),
    ],
    [
      'checkout errors are up',
      refused(
        'I do not understand "errors". Did you mean `/rollback checkout because errors are up`?',
      ),
    ],
    [
      'checkout now',
      refused('I do not understand "now". Write `/rollback <service> [because <reason>]`.'),
    ],
    [
      'checkout overide because x',
      refused(
        'I do not understand "overide". Did you mean `/rollback checkout override because x`?',
      ),
    ],
    [
      'checkout override',
      refused('An override needs a reason. Write `/rollback checkout override because <reason>`.'),
    ],
  ])('%s', (text, command) => {
    expect(read('rollback', text)).toEqual(command);
  });
});

describe('/status', () => {
  test.each([
    ['', { kind: 'status' }],
    ['🙂', { kind: 'status' }],
    ['Checkout', { kind: 'status', service: 'checkout' }],
    ['help', { kind: 'help', topic: 'status' }],
    ['history', { kind: 'history' }],
    [
      'history checkout since 7d by <@U0ANN|Ann Lee>',
      {
        kind: 'history',
        service: 'checkout',
        since: new Date('2026-11-13T12:00:00Z'),
        by: 'U0ANN',
      },
    ],
    [
      'history by U0ANN since 12h cart',
      { kind: 'history', service: 'cart', since: new Date('2026-11-20T00:00:00Z'), by: 'U0ANN' },
    ],
    ['history since 5 minutes', { kind: 'history', since: new Date('2026-11-20T11:55:00Z') }],
    ['history since 2 days', { kind: 'history', since: new Date('2026-11-18T12:00:00Z') }],
    ['history since 2026-11-01', { kind: 'history', since: new Date('2026-10-31T23:00:00Z') }],
    ['history since yesterday', { kind: 'history', since: new Date('2026-11-18T23:00:00Z') }],
    ['history retired', { kind: 'history', service: 'retired' }],
    ['history by cli:root', { kind: 'history', by: 'cli:root' }],
    ['history by system:bake', { kind: 'history', by: 'system:bake' }],
    ['chekout', refused('There is no service "chekout". Did you mean `/release-status checkout`?')],
    [
      'histroy cart',
      refused('There is no service "histroy". Did you mean `/release-status history cart`?'),
    ],
    [
      'cart history',
      refused('I do not understand "history" here. Did you mean `/release-status history cart`?'),
    ],
    [
      'cart checkout',
      refused('I do not understand "checkout". Write `/release-status [<service>]`.'),
    ],
    ['cart because x', refused('A question needs no reason. Write `/release-status cart`.')],
    [
      'history by @ann',
      refused(
        'I do not know who "@ann" is. Pick the name from the list that opens after @, or write the user\'s id: `/release-status history by U0ANN`.',
      ),
    ],
    [
      'history by',
      refused('By whom? Write `/release-status history [<service>] [since 7d] [by @user]`.'),
    ],
    [
      'history since',
      refused('Since when? Write `/release-status history [<service>] [since 7d] [by @user]`.'),
    ],
    [
      'history since ever',
      refused(
        '"ever" is no time I know. Write `14:02`, `yesterday 14:02`, `2026-11-20 14:02` or `2026-11-20T14:02Z`. For since, `7d`, `12h` and `2026-11-01` do as well.',
      ),
    ],
    [
      'history cart sinc 7d',
      refused('I do not understand "sinc". Did you mean `/release-status history cart since 7d`?'),
    ],
    [
      'at',
      refused(
        'When, and which service? Write `/release-status at <time> <service>`; times are `14:02`, `yesterday 14:02`, `2026-11-20 14:02` or `2026-11-20T14:02Z`.',
      ),
    ],
    ['at 12:02', refused('Which service? Write `/release-status at 12:02 <service>`.')],
    [
      'at 12:02 chekout',
      refused('There is no service "chekout". Did you mean `/release-status at 12:02 checkout`?'),
    ],
  ])('%s', (text, command) => {
    expect(read('status', text)).toEqual(command);
  });
});

describe('typed times', () => {
  test.each([
    ['12:02', 'Europe/Berlin', '2026-11-20T11:02:00.000Z'],
    ['9:05:30', 'Europe/Berlin', '2026-11-20T08:05:30.000Z'],
    ['06:30', 'America/New_York', '2026-11-20T11:30:00.000Z'],
    ['yesterday 14:02', 'Asia/Kathmandu', '2026-11-19T08:17:00.000Z'],
    ['today 12:02', 'Europe/Berlin', '2026-11-20T11:02:00.000Z'],
    ['2026-07-01 14:02', 'Europe/Berlin', '2026-07-01T12:02:00.000Z'],
    ['2026-07-01T14:02', 'Europe/Berlin', '2026-07-01T12:02:00.000Z'],
    ['2026-07-01T14:02Z', 'Europe/Berlin', '2026-07-01T14:02:00.000Z'],
    ['2026-07-01 14:02 UTC', 'Europe/Berlin', '2026-07-01T14:02:00.000Z'],
    ['11:59 utc', 'Europe/Berlin', '2026-11-20T11:59:00.000Z'],
    ['2026-07-01T14:02:03.004+05:30', 'Europe/Berlin', '2026-07-01T08:32:03.004Z'],
    ['11:30', 'Mars/Olympus', '2026-11-20T11:30:00.000Z'],
  ])('%s in %s', (text, timezone, time) => {
    expect(read('status', `at ${text} checkout`, timezone)).toEqual({
      kind: 'at',
      service: 'checkout',
      time: new Date(time),
    });
  });

  test.each([
    ['14:02', '2026-11-20 14:02 Europe/Berlin is still to come. Did you mean `yesterday 14:02`?'],
    ['2027-01-01 00:00', '2027-01-01 00:00 Europe/Berlin is still to come.'],
    [
      '2026-03-29 02:30',
      '02:30 did not exist on 2026-03-29 in Europe/Berlin: the clocks went forward. Ask for an earlier or a later time, or in UTC.',
    ],
    [
      '2026-10-25 02:30',
      '02:30 came twice on 2026-10-25 in Europe/Berlin: the clocks went back. Write `2026-10-25T00:30Z` or `2026-10-25T01:30Z`.',
    ],
    ['2026-13-40 10:00', 'There is no time "2026-13-40 10:00".'],
    ['25:00', 'There is no time "25:00".'],
    ['2026-02-30T10:00Z', 'There is no time "2026-02-30t10:00z".'],
    [
      'noon',
      '"noon" is no time I know. Write `14:02`, `yesterday 14:02`, `2026-11-20 14:02` or `2026-11-20T14:02Z`.',
    ],
  ])('%s gets a sentence', (text, sentence) => {
    expect(read('status', `at ${text} checkout`)).toEqual(refused(sentence));
  });
});

describe('help', () => {
  const formsOf = (topic: Topic) => helpLines(topic).filter((line) => line.startsWith('`/'));

  test.each(['release', 'rollback', 'status'] as const)(
    'of %s begins with a heading, then a form of that command',
    (topic) => {
      const [heading, first] = helpLines(topic);

      expect(heading).toMatch(/^[A-Z][a-z ]+$/);
      expect(first).toMatch(new RegExp(`^\`${canonicalNames[topic]}[ \`]`));
    },
  );

  test('has examples that are understood as they stand', () => {
    const names = Object.entries(canonicalNames) as readonly (readonly [Topic, string])[];
    const examples = (['release', 'rollback', 'status'] as const).flatMap((topic) =>
      formsOf(topic)
        .map((line) => /^`([^`]+)`/.exec(line)?.[1] ?? '')
        .filter((form) => !/[<[|.]/.test(form.replace(/[\d.]{3,}/g, ''))),
    );

    const kinds = examples.map((form) => {
      const [topic, name] = names.find(([, one]) => form.startsWith(`${one} `)) ?? ['status', form];
      return read(topic, form.slice(name.length).trim()).kind;
    });

    expect(kinds).toEqual(['release', 'plan', 'status', 'rollback', 'status', 'history', 'at']);
  });

  test('says which service needs a reason', () => {
    const service = { name: 'shop', reason: { ticket: 'OPS-\\d+' } } as unknown as Service;

    expect(helpLines('release', { services: new Map([['shop', service]]) })).toContain(
      '`/release shop because <reason>` a release of shop needs a reason that names a ticket (pattern `OPS-\\d+`)',
    );
  });
});

test.each<[Command, string]>([
  [{ kind: 'lock', service: 'checkout', because: 'freeze' }, 'lock checkout because freeze'],
  [
    {
      kind: 'release',
      service: 'checkout',
      side: 'green',
      version: '2',
      override: true,
      because: 'x',
    },
    'release checkout green version 2 override because x',
  ],
  [{ kind: 'approve', of: 'checkout-1', seen: 'ea50ccf53863' }, 'approve checkout-1'],
  [{ kind: 'accept_side', of: 'checkout', side: 'blue' }, 'accept blue of checkout'],
  [
    { kind: 'settle', release: 'checkout-1', side: 'blue', because: 'x' },
    'settle checkout-1 blue because x',
  ],
  [{ kind: 'status' }, 'status'],
  [{ kind: 'help', topic: 'rollback' }, 'rollback help'],
])('the journal quotes %j as it was typed', (command, words) => {
  expect(asTyped(command)).toBe(words);
});

const unclean = /[\p{Cc}\p{Cf}\p{Cs}]/u;

function expectClean(command: ReturnType<typeof parse>): void {
  const { sentence, because, version, time, ...names } = {
    sentence: 'None.',
    because: '',
    version: '1',
    time: now,
    ...command,
  };
  expect(sentence).toMatch(/[.?`]$/);
  expect(sentence).not.toMatch(/undefined|NaN|Invalid/);
  expect(sentence + because).not.toMatch(unclean);
  expect(whyNoVersion(version)).toBeUndefined();
  expect(time.getTime()).toBeLessThanOrEqual(now.getTime());
  for (const key of ['service', 'of', 'release']) {
    const name: unknown = Object.entries(names).find(([known]) => known === key)?.[1] ?? 'none';
    expect(name).toMatch(/^[a-z][a-z0-9-]{0,42}$/);
  }
}

describe('any text whatever', () => {
  const word = fc.oneof(
    fc.constantFrom('checkout', 'checkout-42', 'because', 'version', 'blue', 'green', 'override'),
    fc.constantFrom('plan', 'accept', 'abort', 'settle', 'adopt', 'lock', 'history', 'since', 'by'),
    fc.constantFrom(
      'at',
      '14:02',
      '7d',
      '<@U0ANN>',
      '2026-03-29',
      ';',
      '\n',
      '<!channel>',
      '&lt;',
      '`',
    ),
    fc.constantFrom('__proto__', 'constructor', '99:99', '9999d', '0000-00-00', '\u202e', '\ud800'),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );

  test('10,000 of them never throw, and only clean words come out', () => {
    const topics = fc.constantFrom<Topic>('release', 'rollback', 'status');
    fc.assert(
      fc.property(topics, fc.array(word, { maxLength: 9 }), fc.boolean(), (topic, words, knows) => {
        const known = knows ? { services } : {};
        const command = parse(topic, words.join(' '), { timezone: 'Europe/Berlin' }, now, known);

        expectClean(command);
      }),
      { numRuns: 10_000 },
    );
  });
});
