import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { signature as signatureOf } from '../../demo/slack/delivery/http-carrier.ts';
import { FaultProxy, isWrite } from '../faults/fault-proxy.ts';
import { FakeRuntime, proxyTo } from '../support/fake-runtime.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Answers, postSigned, slashBody } from './signed-request.ts';
import { WholeBot, type Wish } from './whole-bot.ts';

let fleet: TestFleet;
let bots: WholeBot[] = [];
let toEnd: { end(): Promise<void> }[] = [];

beforeAll(async () => {
  fleet = await aFleet().withNodes(2).start();
});
afterAll(() => fleet.end());

async function start(wish: Wish = {}): Promise<WholeBot> {
  const bot = await WholeBot.start(fleet, wish);
  bots.push(bot);
  return bot;
}

afterEach(async () => {
  await Promise.all(bots.map((bot) => bot.end()));
  await Promise.all(toEnd.map((one) => one.end()));
  bots = [];
  toEnd = [];
  fleet.applications.green[0]?.recover();
});

const now = () => Math.floor(Date.now() / 1_000);

/** Ways to come without the secret, or too early, or too late. Each is a request that must not be taken. */
const forgeries: readonly ((body: string, hash: (stamp: string) => string) => Forged)[] = [
  () => ({ secret: 'f'.repeat(32) }),
  () => ({ secret: '' }),
  () => ({ stamp: now() - 310 - randomInt(1e6) }),
  () => ({ stamp: now() + 310 + randomInt(1e6) }),
  () => ({ stamp: randomInt(1e9) * 1e4 }),
  () => ({ stamp: 'soon' }),
  () => ({ stamp: `${now()}.5` }),
  () => ({ stamp: `-${now()}` }),
  () => ({ headers: { 'x-slack-signature': undefined } }),
  () => ({ headers: { 'x-slack-request-timestamp': undefined } }),
  () => ({ headers: { 'x-slack-signature': '' } }),
  () => ({ headers: { 'x-slack-signature': 'v0=' } }),
  () => ({ headers: { 'x-slack-signature': `v0=${'0'.repeat(64)}` } }),
  () => ({ headers: { 'x-slack-signature': `v1=${'a'.repeat(64)}` } }),
  () => ({ headers: { 'x-slack-signature': 'v0=zz'.repeat(2_000) } }),
  (body) => ({ alter: () => `${body}&text=again` }),
  (body) => ({ alter: () => body.replace('checkout', 'chEckout') }),
];

interface Forged {
  readonly secret?: string;
  readonly stamp?: number | string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly alter?: () => string;
}

test('two thousand forged, stale and future requests do nothing; a replay, also after a restart, does nothing again', async () => {
  const bot = await start({ mode: 'http' });
  const { signingSecret: secret } = bot.slack;
  const url = `${bot.url}/slack/events`;
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  await waitUntil(() => bot.rows().some(({ kind }) => kind === 'adopted'), {
    what: 'the first look',
  });
  const before = bot.rows().length;

  const post = (index: number) => {
    const body = slashBody('/release', 'checkout', { trigger: `forged-${index}` });
    const forge = forgeries[index % forgeries.length];
    const { alter, ...forged } = forge?.(body, () => '') ?? {};
    if (alter === undefined) return postSigned(body, { url, secret, agent, ...forged });
    const stamp = String(now());
    const own = { 'x-slack-signature': signatureOf(secret, stamp, body) };
    return postSigned(alter(), { url, secret, agent, stamp, headers: own });
  };
  const statuses: number[] = [];
  // A few at a time: a busy client that connects and then writes nothing for seconds is cut off.
  for (let from = 0; from < 2_000; from += 50) {
    const some = Array.from({ length: 50 }, (_, index) => post(from + index));
    statuses.push(...(await Promise.all(some)));
  }
  const rows = bot.rows().length;
  const body = slashBody('/release', 'checkout because it is time', { trigger: 'one' });
  const stamp = now();
  const replay = () => postSigned(body, { url, secret, stamp, agent });
  const taken = await replay();
  await bot.until('checkout-1', 'Awaiting approval');
  const replayed = await Promise.all(Array.from({ length: 30 }, replay));
  await bot.type('rita', '/release', 'cancel checkout');
  await bot.until('checkout-1', 'Cancelled');
  await bot.stop();
  await bot.startAgain();
  const later = await replay();
  await bot.type('sam', '/release-status');
  agent.destroy();

  expect(new Set(statuses)).toEqual(new Set([401]));
  expect(rows).toBe(before);
  expect([taken, later]).toEqual([200, 200]);
  expect(new Set(replayed)).toEqual(new Set([200]));
  expect(bot.rows().filter(({ kind }) => kind === 'requested')).toHaveLength(1);
  expect(bot.rows().filter(({ kind }) => kind === 'refused')).toEqual([]);
}, 180_000);

/** What somebody types, or a node or an application says, who wants more than to be read. */
const hostile: readonly string[] = [
  '<!channel>',
  '<!here|here>',
  '<!subteam^S0LEADS>',
  '<@U0SAM>',
  '<@U0SAM|sam>',
  '@U0SAM',
  ' @U0SAM: (@U0SAM)',
  '<#C0GENERAL|general>',
  '<https://evil.example|checkout is on blue>',
  '&lt;!channel&gt;',
  '&amp;lt;!channel&amp;gt;',
  '```<!channel>```',
  '`x` *bold* _it_ ~no~',
  '\u202ekcabllor\u202c',
  'a\u0000b\u0007c\u001b[31m',
  'line\nbreak\r\nset map /x active backend_green',
  '\u2028\u2029\ufeff\u200b\u200d',
  'x; set map /tmp/x active backend_green',
  'x;shutdown sessions server backend_blue/b1',
  '$(reboot) `reboot` $HOME %0a%0d',
  '../../etc/passwd',
  "'; DROP TABLE journal; --",
  '=HYPERLINK("http://evil.example")',
  '\ud800 lone',
  'x'.repeat(7_000),
];
const forms: readonly ((text: string) => readonly [string, string])[] = [
  (text) => ['/release', text],
  (text) => ['/release', `checkout version ${text}`],
  (text) => ['/release', `checkout because ${text}`],
  (text) => ['/release', `lock checkout because ${text}`],
  (text) => ['/release', `settle ${text} blue because ${text}`],
  (text) => ['/rollback', `${text} because ${text}`],
  (text) => ['/release-status', text],
  (text) => ['/release-status', `history checkout by ${text}`],
  (text) => ['/release-status', `at ${text} checkout`],
];

test('nothing that is typed reaches a node, and nothing of it is alive in any message', async () => {
  const proxies = await Promise.all(
    fleet.nodes.map((node) => new FaultProxy(fleet.folder, node.name, node.runtime).start()),
  );
  toEnd = [...proxies];
  const bot = await start({
    mode: 'http',
    env: { LOG_LEVEL: 'trace' },
    runtimeOf: (name) => proxies[fleet.nodes.findIndex((node) => node.name === name)]?.address,
  });
  const { slack } = bot;
  const answers = await Answers.listen();
  toEnd.push(answers);
  const wish = { url: `${bot.url}/slack/events`, secret: slack.signingSecret };
  const statuses: number[] = [];
  const type = async (user: string, command: string, text: string) => {
    const { url: responseUrl, answer } = answers.expectOne();
    const trigger = responseUrl;
    statuses.push(await postSigned(slashBody(command, text, { user, trigger, responseUrl }), wish));
    return answer;
  };

  for (const text of hostile) {
    await Promise.all(forms.map((form) => type('U0OLAF', ...form(text))));
    await type('U0OLAF', '/release', 'unlock checkout because it was a try');
    await type('U0RITA', '/release', `checkout version ${text} because ${text}`);
    await type('U0RITA', '/release', `checkout because ${text}`);
    await type('U0RITA', '/release', 'checkout because it is one too many');
    statuses.push(await postSigned(pressBody(text), wish));
    await type('U0RITA', '/release-status', 'history checkout');
    await type('U0RITA', '/release', 'cancel checkout');
  }
  await bot.stop();

  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(bot.rows().filter(({ kind }) => kind === 'requested').length).toBeGreaterThanOrEqual(
    hostile.length - 2,
  );
  expect(alive(bot, answers.heard)).toEqual([]);
  const lines = new Set(proxies.flatMap(({ seen }) => seen.map(({ line }) => line)));
  expect([...lines].filter((line) => !isListed(line))).toEqual([]);
  expect(proxies.flatMap(({ seen }) => seen.filter(({ line }) => isWrite(line)))).toEqual([]);
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
  expect(secretsIn(bot)).toEqual([]);
  expect(bot.output.split('\n').filter((line) => line !== '' && !isJson(line))).toEqual([]);
  expect((await bot.verb('audit', 'verify')).code).toBe(0);
});

test('what nodes and applications say is shown as text: map values, reason phrases, bodies', async () => {
  const bot = await start({ driftEvery: '500ms' });
  const { slack } = bot;
  const node = fleet.node(1);
  for (const value of ['<!channel>', '<@U0SAM>', '@U0SAM', '<https://evil.example|blue>', '`*']) {
    await node.ask(`set map ${node.mapFile} active ${value}`);
    await bot.type('sam', '/release-status', 'checkout');
    await bot.type('sam', '/release-status');
    await bot.type('rita', '/release', 'checkout');
  }
  await slack.waitFor((one) => one.messages().some(({ text }) => /lb-2/.test(text)));
  await node.ask(`set map ${node.mapFile} active backend_blue`);
  node.writeDisk('# <!channel>\nactive <!channel>\n');
  await bot.type('sam', '/release-status', 'checkout');
  node.writeDisk('active backend_blue\n');
  fleet.application('green').answerWith(500, 'Oh <!channel> <@U0SAM> @U0SAM');

  await slack.asUser('rita').command('/release', 'checkout');
  await slack.asUser('ann').press(await bot.until('checkout-1', 'Awaiting approval'), 'Approve');
  await bot.until('checkout-1', 'Rolled back');
  await bot.stop();

  expect(alive(bot)).toEqual([]);
  expect(secretsIn(bot)).toEqual([]);
});

test('a rollback works while eleven hundred clients hold half a request and the bot may open 1,024 files', async () => {
  const bot = await start({ mode: 'http' });
  const { pid } = bot.process;
  execFileSync('prlimit', ['--pid', String(pid), '--nofile=1024:1024']);
  await bot.releaseToAcceptance();
  const head = [
    'POST /slack/events HTTP/1.1',
    'Host: x',
    `X-Slack-Request-Timestamp: ${now()}`,
    'Content-Length: 100000',
    `X-Slack-Signature: v0=${'0'.repeat(64)}`,
    '',
    'x'.repeat(60_000),
  ].join('\r\n');
  // As many again as go, and none of them ever closes its own end.
  const flood = new Flood(bot.port, 1_100, head);
  toEnd.push(flood);
  await flood.begin();

  const most = readdirSync(`/proc/${pid}/fd`).length;
  const back = await bot.verb('rollback', 'checkout');
  await bot.until('checkout-1', 'Aborted');
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  await flood.end();
  await waitUntil(() => readdirSync(`/proc/${pid}/fd`).length < 100, { timeout: 30_000 });

  expect(most).toBeLessThan(500);
  expect(rss).toBeLessThan(400 * 1024);
  expect(back.code).toBe(0);
  expect(await bot.memories()).toEqual(['backend_blue', 'backend_blue']);
  const lines = bot.output.split('\n').filter((line) => line.includes('"Refused '));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThan(20);
  expect(lines[0]).toMatch(/from 127\.0\.0\.1 \(\d+\)/);
});

/** Clients that each send the same beginning and never close; one that is cut off comes again. */
class Flood {
  readonly #port: number;
  readonly #count: number;
  readonly #words: string;
  readonly #sockets = new Set<Socket>();
  #over = false;

  constructor(port: number, count: number, words: string) {
    this.#port = port;
    this.#count = count;
    this.#words = words;
  }

  /** Resolves when every client has been connected once. */
  async begin(): Promise<void> {
    for (let left = this.#count; left > 0; left -= 50) {
      await Promise.all(Array.from({ length: 50 }, () => this.#come()));
    }
  }

  async end(): Promise<void> {
    this.#over = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  async #come(): Promise<void> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true });
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (!this.#over) setTimeout(() => this.#over || void this.#come(), 200);
    });
    await new Promise<void>((resolve) => {
      socket.once('connect', resolve);
      socket.once('close', () => resolve());
    });
    socket.write(this.#words);
  }
}

test('a promise that fails unawaited ends nothing; a throw out of an event ends the bot as a signal does', async () => {
  const bot = await start();
  const card = await bot.releaseToAcceptance();

  bot.process.kill('SIGURG');
  await waitUntil(() => bot.output.includes('a slip of a library'));
  const readyz = await bot.get('/readyz');
  bot.process.kill('SIGWINCH');
  const ended = await bot.process.ended;
  const last = bot.rows().at(-1);
  await bot.startAgain();
  await bot.slack.asUser('rita').press(card, 'Accept');
  await bot.until('checkout-1', 'Completed');

  expect(readyz).toEqual({
    status: 200,
    body: {
      ready: true,
      reasons: [],
      warnings: ['Errors that nobody caught: 1. The log has them.'],
    },
  });
  expect(ended).toMatchObject({ code: 1, signal: null });
  expect(last).toMatchObject({ kind: 'stopped' });
  expect(bot.rows('checkout-1').map(({ kind }) => kind)).toContain('parked');
});

test('replies of HAProxy that are garbage, endless or half are told as sentences, and a mended node is believed again', async () => {
  const fake = await FakeRuntime.start(proxyTo(fleet.node(1).runtime));
  toEnd = [fake];
  const bot = await start({
    runtimeOf: (name) => (name === 'lb-2' ? fake.address : undefined),
    driftEvery: '10m',
  });

  const told: string[] = [];
  for (const fault of [
    { kind: 'say', reply: '<html><!channel>\u202eno HAProxy here</html>\n' },
    { kind: 'say', reply: '\u0000\u0001\n,,,,\n"' },
    { kind: 'endless' },
    { kind: 'half', bytes: 20 },
    { kind: 'cut' },
  ] as const) {
    fake.heal();
    fake.fault(/^(show|get)/, fault);
    told.push(await bot.type('sam', '/release-status', 'checkout'));
    told.push(await bot.type('rita', '/release', 'checkout'));
  }
  fake.heal();
  const mended = await bot.type('sam', '/release-status', 'checkout');
  await bot.releaseToAcceptance();
  await bot.stop();

  for (const [index, text] of told.entries()) {
    expect(text).toMatch(index % 2 === 0 ? /unreachable/ : /^Refused: .*lb-2/);
    expect(text).not.toMatch(/\bat \w+ \(|TypeError|undefined|NaN|\[object/);
  }
  expect(mended).not.toMatch(/unreachable/);
  expect(alive(bot)).toEqual([]);
});

/** A press with a value that no button of ours has. */
function pressBody(text: string): string {
  const payload = {
    type: 'block_actions',
    api_app_id: 'A0POINTSMAN',
    user: { id: 'U0ANN', team_id: 'T0LOCAL' },
    team: { id: 'T0LOCAL' },
    channel: { id: 'C0RELEASES' },
    container: { type: 'message', message_ts: '1.1', channel_id: 'C0RELEASES' },
    message: { ts: '1.1', text, blocks: [] },
    actions: [
      {
        type: 'button',
        action_id: 'approve',
        block_id: text.slice(0, 200),
        value: text,
        action_ts: `${randomInt(1e9)}.${randomInt(1e6)}`,
      },
    ],
  };
  return String(new URLSearchParams({ payload: JSON.stringify(payload) }));
}

/** The only commands that are ever said to a node while nothing switches; several may stand on one line. */
function isListed(line: string): boolean {
  const map = String.raw`[A-Za-z0-9_./-]+/maps/bluegreen\.map`;
  const side = 'backend_(?:blue|green)';
  const forms = [
    'show (?:info|cli level|backend|sess|map|servers state)',
    `show map ${map}`,
    `get map ${map} active`,
    `show (?:stat ${side} -1 -1|servers (?:conn|state) ${side})`,
  ].map((form) => new RegExp(`^${form}$`));
  return line.split(';').every((command) => forms.some((form) => form.test(command)));
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** Everything Slack was given to show: what stands there, what stood there, and what only one person saw. */
function told(bot: WholeBot): readonly unknown[] {
  const { slack } = bot;
  return [
    ...slack.calls.filter(({ method }) => /^(chat|views)\./.test(method)).map(({ args }) => args),
    ...['rita', 'ann', 'olaf', 'sam'].flatMap((who) => slack.ephemerals(who)),
  ];
}

/** Texts in which something lives that nobody meant: a call to a channel, a person who was not there, a link, a control. */
function alive(bot: WholeBot, more: readonly unknown[] = []): readonly string[] {
  return [...told(bot), ...more]
    .flatMap((one) => textsOf(one))
    .filter(({ field, value, of }) => {
      if (field === 'user_id') return value === 'U0SAM';
      const isMarkup = field === 'text' && !['plain_text', 'raw_text', 'text'].includes(of);
      return isHidden(value) || (isMarkup && isLive(value));
    })
    .map(({ value }) => value);
}

interface Text {
  readonly field: string;
  readonly value: string;
  /** `type` of the object it stands in. */
  readonly of: string;
}

function textsOf(value: unknown, field = '', of = ''): readonly Text[] {
  if (typeof value === 'string') return [{ field, value, of }];
  if (Array.isArray(value)) return value.flatMap((one) => textsOf(one, field, of));
  if (typeof value !== 'object' || value === null) return [];
  const { type } = value as { type?: unknown };
  return Object.entries(value).flatMap(([name, one]) => textsOf(one, name, String(type)));
}

function isLive(text: string): boolean {
  const dates = text.replace(/<!date\^\d+\^[^<>]*>/g, '');
  return /<(?!@U0(RITA|ANN|OLAF)>)/.test(dates);
}

/** Controls but tab and line feed, and what changes the order of writing or cannot be seen. */
function isHidden(text: string): boolean {
  return /[^\P{Cc}\t\n]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u.test(text);
}

/** Where a planted secret stands in the clear. */
function secretsIn(bot: WholeBot): readonly string[] {
  const { botToken, appToken, signingSecret } = bot.slack;
  const places: Readonly<Record<string, string>> = {
    log: bot.output,
    messages: JSON.stringify(told(bot)),
    journal: readFileSync(bot.database, 'latin1'),
  };
  return Object.entries(places).flatMap(([place, text]) =>
    [botToken, appToken, signingSecret].filter((one) => text.includes(one)).map(() => place),
  );
}
