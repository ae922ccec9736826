import { afterEach, beforeEach, expect, test } from 'vitest';
import { shapeOf } from '../../src/slack/delivery.ts';
import { Desk, type DeskDeps } from '../../src/slack/desk.ts';
import { readSignedBody } from '../../src/slack/signed-body.ts';
import { postSigned, slashBody } from '../bot/signed-request.ts';
import { TestClock } from '../support/clock.ts';
import { type ABot, aBot, type BotWish } from './a-bot.ts';

let bots: ABot[] = [];
/** What nobody caught while a test ran: in the program it would be the end. */
let uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);

beforeEach(() => {
  uncaught = [];
  process.on('unhandledRejection', note);
  process.on('uncaughtException', note);
});
afterEach(async () => {
  await Promise.all(bots.map((one) => one.close()));
  bots = [];
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
  expect(uncaught).toEqual([]);
});

async function bot(wish: BotWish): Promise<ABot> {
  const made = await aBot(wish);
  bots.push(made);
  return made;
}

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const app = 'A0POINTSMAN';
const slash = {
  command: '/release',
  text: 'checkout',
  user_id: 'U0RITA',
  team_id: 'T0LOCAL',
  channel_id: 'C0RELEASES',
  api_app_id: app,
  trigger_id: '1.2.3',
};
const press = {
  type: 'block_actions',
  api_app_id: app,
  user: { id: 'U0ANN', team_id: 'T0LOCAL' },
  team: { id: 'T0LOCAL' },
  channel: { id: 'C0RELEASES' },
  container: { type: 'message', message_ts: '1.1', channel_id: 'C0RELEASES' },
  message: { ts: '1.1', text: 'checkout-1', blocks: [] },
  actions: [
    { type: 'button', action_id: 'approve', block_id: 'b', value: 'checkout-1', action_ts: '1.2' },
  ],
};
/** A mention whose text, unescaped, holds a whole form. */
const mention = (text: string, more: object = {}) => ({
  type: 'event_callback',
  api_app_id: app,
  team_id: 'T0LOCAL',
  event: { type: 'app_mention', user: 'U0SAM', text, channel: 'C0RELEASES', ts: '1.3', ...more },
});
const asForm = (fields: object) => String(new URLSearchParams({ ...fields }));
const asPayload = (payload: unknown) => asForm({ payload: JSON.stringify(payload) });
const without = (fields: object, name: string) =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

const smuggled = JSON.stringify(
  mention(`hello &${asForm({ ...slash, user_id: 'U0OLAF', text: 'lock checkout because x' })}&`),
);
const smuggledPress = JSON.stringify(mention(`hello &${asPayload(press)}&`));

/** Signed bodies that Slack does not send: none of them may be worked on, or end anything. */
const odd: Readonly<Record<string, readonly [string | undefined, string]>> = {
  'a mention that holds a command, as a form': [form, smuggled],
  'a mention that holds a press, as a form': [form, smuggledPress],
  'a mention as a form behind a blank': [form, ` ${smuggled}`],
  'a mention as a form behind a byte order mark': [form, `\ufeff${smuggled}`],
  'a mention in an array, as a form': [form, `[${smuggled}]`],
  'a mention that holds payload=null': [form, JSON.stringify(mention('&payload=null&'))],
  'payload=null': [form, 'payload=null'],
  'a payload that is a list': [form, asPayload([press])],
  'a payload that is a number': [form, 'payload=7'],
  'a payload that is a text': [form, 'payload=%22x%22'],
  'a payload that is no JSON': [form, 'payload=%7B'],
  'two payloads': [form, `${asPayload(press)}&${asPayload(press)}`],
  'a payload and a command': [form, `${asPayload(press)}&${asForm(slash)}`],
  'a payload and anything': [form, `${asPayload(press)}&a=1`],
  'null as JSON': [json, 'null'],
  'a list as JSON': [json, '[]'],
  'a text as JSON': [json, '"x"'],
  'a number as JSON': [json, '7'],
  'no JSON': [json, '{'],
  'a form as JSON': [json, asForm(slash)],
  'nothing as JSON': [json, ''],
  'nothing as a form': [form, ''],
  'a form under no type': [undefined, asForm(slash)],
  'a form as text': ['text/plain', asForm(slash)],
  'a form as two types': [`${form}, ${json}`, asForm(slash)],
  'a form in another charset': [`${form}; charset=utf-7`, asForm(slash)],
  'a hundred thousand fields': [form, `${asForm(slash)}${'&a=1'.repeat(60_000)}`],
  'a field twice': [form, `${asForm(slash)}&user_id=U0OLAF`],
  'a field twice, otherwise written': [form, `${asForm(slash)}&user%5Fid=U0OLAF`],
  'a command without a user': [form, asForm(without(slash, 'user_id'))],
  'a command without a team': [form, asForm(without(slash, 'team_id'))],
  'a command without a channel': [form, asForm(without(slash, 'channel_id'))],
  'a command without a trigger': [form, asForm(without(slash, 'trigger_id'))],
  'a command of no app': [form, asForm(without(slash, 'api_app_id'))],
  'a command of another app': [form, asForm({ ...slash, api_app_id: 'A0OTHER' })],
  'a command of a group': [form, asForm({ ...slash, user_id: 'S0LEADS' })],
  'a command of the command line': [form, asForm({ ...slash, user_id: 'cli:deploy' })],
  'a command of everybody': [form, asForm({ ...slash, user_id: '*' })],
  'a command of two people': [form, asForm({ ...slash, user_id: 'U0RITA\nU0OLAF' })],
  'a press of a group': [form, asPayload({ ...press, user: { id: 'S0LEADS' } })],
  'a press of nobody': [form, asPayload({ ...press, user: null })],
  'a press of another app': [form, asPayload({ ...press, api_app_id: 'A0OTHER' })],
  'a press without a button': [form, asPayload({ ...press, actions: [] })],
  'a press on two buttons': [
    form,
    asPayload({ ...press, actions: [press.actions[0], press.actions[0]] }),
  ],
  'a press on null': [form, asPayload({ ...press, actions: [null] })],
  'a press with a value that is a list': [
    form,
    asPayload({ ...press, actions: [{ ...press.actions[0], value: ['checkout-1'] }] }),
  ],
  'a press nowhere': [form, asPayload({ ...press, container: null })],
  'a press on a message without ts': [form, asPayload({ ...press, message: {} })],
  'a shortcut': [form, asPayload({ ...press, type: 'message_action' })],
  'an event as a payload': [form, asPayload(mention('status'))],
  'a press as JSON': [json, JSON.stringify(press)],
  'a command as JSON': [json, JSON.stringify(slash)],
  'a mention of a group': [json, JSON.stringify(mention('status', { user: 'S0LEADS' }))],
  'a mention of a list': [json, JSON.stringify(mention('status', { user: ['U0RITA'] }))],
  'a mention nowhere': [json, JSON.stringify(mention('status', { channel: {} }))],
  'a mention of another app': [
    json,
    JSON.stringify({ ...mention('status'), api_app_id: 'A0OTHER' }),
  ],
  'an event of no team': [json, JSON.stringify({ ...mention('status'), team_id: '__proto__' })],
  'an event for nobody': [json, JSON.stringify({ ...mention('status'), authorizations: [null] })],
  'an event that is null': [json, JSON.stringify({ ...mention(''), event: null })],
  'an event without a type': [json, JSON.stringify({ ...mention(''), event: {} })],
  'a challenge that is a list': [json, '{"type":"url_verification","challenge":[]}'],
  'a __proto__': [json, '{"__proto__":{"type":"event_callback","event":{"type":"app_mention"}}}'],
};

test('what Slack does not send is refused, whoever signed it: nothing is asked and nothing ends', async () => {
  const made = await bot({ mode: 'http' });
  const wish = { url: made.url ?? '', secret: made.local.signingSecret };

  const statuses: Record<string, number> = {};
  for (const [what, [contentType, body]] of Object.entries(odd)) {
    statuses[what] = await postSigned(body, { ...wish, headers: { 'content-type': contentType } });
  }
  const typed = await made.local.asUser('rita').command('/release', 'checkout');
  await made.local.waitFor(() => typed.answers.length > 0);

  expect(Object.entries(statuses).filter(([, status]) => status !== 400)).toEqual([]);
  expect(made.asked.map(({ asker }) => asker.actor)).toEqual(['U0RITA']);
});

test('the same over the socket: what is no delivery is dropped, and the connection stays', async () => {
  const made = await bot({ mode: 'socket' });
  const envelope = (type: unknown, payload: unknown) =>
    JSON.stringify({ type, envelope_id: 'e', accepts_response_payload: true, payload });
  const payloads = Object.values(odd).flatMap(([, body]) => {
    const fields = new URLSearchParams(body);
    return [Object.fromEntries(fields), parsed(fields.get('payload') ?? ''), parsed(body)];
  });
  const own = ['close', 'error', 'ws_message', 'slack_event', 'connected', 'disconnected'];

  for (const words of ['null', '7', '"x"', '[]', '{', '', '{}', '{"type":null}']) {
    made.local.sendOnSockets(words);
  }
  for (const type of [...own, null, 7, {}, 'interactive']) {
    made.local.sendOnSockets(envelope(type, undefined));
    made.local.sendOnSockets(envelope(type, null));
    made.local.sendOnSockets(JSON.stringify({ type }));
  }
  for (const type of own) {
    made.local.sendOnSockets(envelope('events_api', mention('', { type })));
  }
  for (const payload of payloads.filter((one) => !isWhole(one))) {
    for (const type of ['slash_commands', 'interactive', 'events_api']) {
      made.local.sendOnSockets(envelope(type, payload));
    }
  }
  const typed = await made.local.asUser('rita').command('/release', 'checkout');
  await made.local.waitFor(() => typed.answers.length > 0);

  expect(typed.ack).toBe('acknowledged');
  expect(made.asked.map(({ asker }) => asker.actor)).toEqual(['U0RITA']);
  expect(made.local.connections).toBe(1);
});

/** Of the odd bodies, some are odd as a form alone: over the socket there is no form. */
function isWhole(payload: unknown): boolean {
  return (['slash_commands', 'interactive', 'events_api'] as const).some(
    (kind) => shapeOf(kind, payload, app).kind === 'heard',
  );
}

test.each(['http', 'socket'] as const)(
  'four hundred bodies that were changed by chance end nothing, by %s',
  async (mode) => {
    const made = await bot({ mode });
    const wish = { url: made.url ?? '', secret: made.local.signingSecret };
    const seed = Number(process.env.SEED ?? 20_261_128);
    const random = randomBy(seed);
    const whole: readonly (readonly [string, string, unknown])[] = [
      ['slash_commands', form, slash],
      ['interactive', form, press],
      ['events_api', json, mention('status checkout')],
    ];

    const statuses = new Set<number>();
    for (let n = 0; n < 400; n += 1) {
      const [type, contentType, payload] = whole[n % whole.length] ?? ['', '', ''];
      const changed = mutated(payload, random);
      if (mode === 'socket') {
        made.local.sendOnSockets(JSON.stringify({ type, envelope_id: `e${n}`, payload: changed }));
        continue;
      }
      const body =
        type === 'events_api'
          ? String(JSON.stringify(changed))
          : type === 'interactive'
            ? asPayload(changed)
            : asForm(isObject(changed) ? changed : { changed });
      statuses.add(await postSigned(cut(body, random), { ...wish, contentType }));
    }
    const typed = await made.local.asUser('rita').command('/release', 'last');
    await made.local.waitFor(() => typed.answers.length > 0);

    expect([...statuses].filter((status) => status !== 200 && status !== 400)).toEqual([]);
    const actors = new Set(made.asked.map(({ asker }) => asker.actor));
    expect(
      [...actors].filter((one) => !/^[UW][A-Z0-9]+$/.test(one)),
      `seed ${seed}`,
    ).toEqual([]);
  },
);

test('a user who is no person is nobody at the desk either', async () => {
  const warned: string[] = [];
  const desk = new Desk({
    clock: new TestClock(),
    log: { warn: (line: string) => warned.push(line) },
  } as unknown as DeskDeps);

  for (const user of ['S0LEADS', 'cli:deploy', '*', '']) {
    await desk.command({ ...slash, user_id: user } as never);
    await desk.press({ ...press, user: { id: user } } as never, press.actions[0] as never);
    await desk.mention({ user, text: 'status', channel: 'C0RELEASES', ts: '1.1' });
    expect(await desk.help(user)).toEqual([]);
  }

  expect(warned).toHaveLength(16);
});

test('what Slack asks to see whether somebody is there is answered, and an event nobody listens to is acknowledged', async () => {
  const made = await bot({ mode: 'http' });
  const wish = { url: made.url ?? '', secret: made.local.signingSecret };

  expect(await postSigned('ssl_check=1&token=x', wish)).toBe(200);
  expect(
    await postSigned('{"type":"url_verification","challenge":"c"}', { ...wish, contentType: json }),
  ).toBe(200);
  expect(
    await postSigned(JSON.stringify(mention('', { type: 'message' })), {
      ...wish,
      contentType: `${json}; charset=utf-8`,
    }),
  ).toBe(200);
  expect(made.asked).toEqual([]);
});

test('the readers of forms agree with what Slack sends', () => {
  expect(readSignedBody(form, slashBody('/release', 'a=b&c+d ü', { trigger: 't' }))).toMatchObject({
    kind: 'delivery',
    of: 'slash_commands',
    payload: { text: 'a=b&c+d ü' },
  });
  expect(readSignedBody(form, asPayload(press))).toEqual({
    kind: 'delivery',
    of: 'interactive',
    payload: press,
  });
  expect(readSignedBody(json, smuggled)).toMatchObject({ kind: 'delivery', of: 'events_api' });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A value changed at one to three places. */
function mutated(value: unknown, random: () => number): unknown {
  const copy = structuredClone({ value });
  for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1) change(copy, random);
  return copy.value;
}

const strange: readonly unknown[] = [
  null,
  undefined,
  0,
  -1,
  Number.MAX_VALUE,
  true,
  '',
  'S0LEADS',
  'cli:root',
  '*',
  '__proto__',
  [],
  {},
  [null],
  { id: 'U0OLAF' },
  '\u0000',
  'x'.repeat(5_000),
];

function change(holder: object, random: () => number): void {
  const names = Object.keys(holder);
  const name = names[Math.floor(random() * names.length)];
  if (name === undefined) return;
  const inner: unknown = Reflect.get(holder, name);
  if (isObject(inner) && random() < 0.7) change(inner, random);
  else if (random() < 0.2) Reflect.deleteProperty(holder, name);
  else Reflect.set(holder, name, structuredClone(strange[Math.floor(random() * strange.length)]));
}

/** Now and then a body loses its end, or a byte of it is another. */
function cut(body: string, random: () => number): string {
  const at = Math.floor(random() * body.length);
  if (random() < 0.1) return body.slice(0, at);
  if (random() < 0.2) return `${body.slice(0, at)}&${body.slice(at + 1)}`;
  return body;
}

/** A small generator (mulberry32): the same seed, the same numbers. */
function randomBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
