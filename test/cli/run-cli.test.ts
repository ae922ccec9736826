import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExitCode } from '../../src/cli/exit-codes.ts';
import type { Asked, AskHandler, Handlers } from '../../src/cli/handlers.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Reply } from '../../src/commands/command.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { routeSettings } from '../../src/haproxy/routes/all.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { smallest } from '../config/config-text.ts';

interface Run {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
}

const outcome = { exit: 0, lines: ['40 rows, all in order.'], data: { rows: 40 } } as const;
const standing: Handlers = {
  load: (path) => loadConfig(path, routeSettings),
  lookAtNodes: async () => [],
  start: async () => 0,
  status: async (_, tell) => tell.reply({ kind: 'done', text: 'fine' }),
  auditVerify: async () => outcome,
  manifest: async () => ({ exit: 0, lines: ['display_information: {}'], data: {} }),
};

async function run(argv: readonly string[], handlers: Partial<Handlers> = {}): Promise<Run> {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    terminal: false,
    noColour: false,
    timezone: 'Europe/Berlin',
    now: () => new Date('2026-11-20T12:00:00Z'),
    version: '0.1.0',
  };
  const exit = await runCli(argv, { ...standing, ...handlers }, io);
  return { exit, out, err };
}

const replying =
  (reply: Reply): AskHandler =>
  async (_, tell) =>
    tell.reply(reply);

describe('a wrong call', () => {
  test.each([
    [['foo'], "Unknown command 'foo'. See `pointsman --help`."],
    [['chekc'], "Unknown command 'chekc'. Did you mean check?"],
    [['--loud'], "Unknown option '--loud'. See `pointsman --help`."],
    [['status', '--cofnig', 'x'], "Unknown option '--cofnig'. Did you mean --config?"],
    [
      ['start', '--config'],
      "Option '-c, --config <file>' argument missing. See `pointsman --help`.",
    ],
    [
      ['check', 'this'],
      "Too many arguments for 'check'. Expected 0 arguments but got 1. See `pointsman --help`.",
    ],
    [['audit', 'verfy'], "Unknown command 'verfy'. Did you mean verify?"],
    [
      ['audit', 'verify', '--anchor', '12'],
      "Option '--anchor <seq:hash>' argument '12' is invalid. Expected <seq>:<64 hex digits>, or what a release message ends with, in quotes: 'journal #<seq> <hash>'. See `pointsman --help`.",
    ],
    [['status', 'at', '25:00', 'x'], 'There is no time "25:00".'],
    [
      ['status', 'cart', 'now'],
      'I do not understand "now". Write \'pointsman status [<service>]\'.',
    ],
  ])('%j is a sentence on stderr and exit 2', async (argv, sentence) => {
    expect(await run(argv)).toEqual({ exit: 2, out: '', err: `${sentence}\n` });
  });

  test('without a verb shows the verbs and ends with 2', async () => {
    const { exit, out, err } = await run([]);

    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain('Usage: pointsman [options] [command]');
  });

  test.each([
    'release',
    'rollback',
    'accept',
    'abort',
    'settle',
    'adopt',
    'doctor',
    'audit export',
    'audit backup',
    'audit restore',
  ])('%s is refused while it is not built', async (verb) => {
    expect(await run([...verb.split(' '), 'checkout'])).toEqual({
      exit: 2,
      out: '',
      err: `pointsman ${verb} is not built yet. \`pointsman --help\` lists what is.\n`,
    });
  });
});

describe('help and version', () => {
  test('end with 0 and say what is not built yet', async () => {
    const { exit, out } = await run(['--help']);

    expect(exit).toBe(0);
    expect(out).toMatch(/rollback .*go back to stable at once \(not built yet\)/);
    expect(await run(['--version'])).toEqual({ exit: 0, out: '0.1.0\n', err: '' });
  });

  test('of a verb name its grammar', async () => {
    const { exit, out } = await run(['status', '--help']);

    expect(exit).toBe(0);
    expect(out).toContain(
      'pointsman status [options] [<service> | history ... | at <time> <service>]',
    );
  });

  test('inside the grammar need no bot', async () => {
    const { exit, out } = await run(['rollback', 'help'], {
      rollback: () => Promise.reject(new Error('was asked')),
    });

    expect([exit, out.split('\n').slice(0, 3)]).toEqual([
      0,
      [
        'Go back:',
        '  pointsman rollback <service> [because <reason>]',
        '      goes back to stable at once, on all nodes; in flight it aborts',
      ],
    ]);
  });
});

describe('a verb', () => {
  test.each<[readonly string[], keyof Handlers, Partial<Asked>]>([
    [['status'], 'status', { word: 'status', text: '', command: { kind: 'status' } }],
    [
      ['release', 'checkout', 'green', 'because', 'it is time', '--config', 'p.yaml', '--json'],
      'release',
      {
        config: 'p.yaml',
        json: true,
        word: 'release',
        text: 'checkout green because it is time',
        command: { kind: 'release', service: 'checkout', side: 'green', because: 'it is time' },
      },
    ],
    [
      ['abort', 'checkout-42'],
      'abort',
      { word: 'release', text: 'abort checkout-42', command: { kind: 'abort', of: 'checkout-42' } },
    ],
    [
      ['adopt', 'checkout', 'green', 'because', 'found', 'so'],
      'adopt',
      {
        word: 'release',
        text: 'adopt checkout green because found so',
        command: { kind: 'adopt', service: 'checkout', side: 'green', because: 'found so' },
      },
    ],
    [
      ['rollback', 'checkout'],
      'rollback',
      { word: 'rollback', text: 'checkout', command: { kind: 'rollback', service: 'checkout' } },
    ],
    [
      ['status', 'at', '12:02', 'checkout'],
      'status',
      {
        word: 'status',
        text: 'at 12:02 checkout',
        command: { kind: 'at', service: 'checkout', time: new Date('2026-11-20T11:02:00Z') },
      },
    ],
  ])('%j is read with the grammar of Slack and asked', async (argv, name, expected) => {
    const heard: Asked[] = [];
    const handler: AskHandler = async (asked, tell) => {
      heard.push(asked);
      return tell.reply({ kind: 'done', text: 'It is under way.' });
    };

    const { exit } = await run(argv, { [name]: handler });

    expect(exit).toBe(0);
    expect(heard).toEqual([{ config: 'pointsman.yaml', json: false, ...expected }]);
  });

  test.each<[Reply, Run]>([
    [
      { kind: 'done', text: 'Asked.' },
      { exit: 0, out: 'Asked.\n', err: '' },
    ],
    [
      { kind: 'refused', text: 'Refused: no.' },
      { exit: 4, out: '', err: 'Refused: no.\n' },
    ],
    [
      { kind: 'malfunction', text: 'Broken.' },
      { exit: 1, out: '', err: 'Broken.\n' },
    ],
    [{ kind: 'silent' }, { exit: 0, out: '', err: '' }],
  ])('ends as its reply says: %j', async (reply, expected) => {
    expect(await run(['status'], { status: replying(reply) })).toEqual(expected);
  });

  test('prints the reply as data with --json, whatever it is', async () => {
    const reply: Reply = { kind: 'refused', text: 'Refused: no.' };

    const { exit, out, err } = await run(['status', '--json'], { status: replying(reply) });

    expect([exit, JSON.parse(out), err]).toEqual([4, reply, '']);
  });

  test('that is followed prints one object with --json: the reply, and in it how it rests', async () => {
    const reply: Reply = { kind: 'done', text: 'It goes back.', release: 'checkout-7' };
    const end = {
      release: 'checkout-7',
      state: 'aborted',
      exit: 0,
      sentence: 'Back on blue.',
      byHand: [],
    } as const;
    const followed: AskHandler = async (_, tell) => {
      tell.reply(reply);
      tell.progress('checkout-7 · Switching', 1, 2);
      tell.end(end);
      return 0;
    };
    const cut: AskHandler = async (_, tell) => tell.reply(reply);

    const whole = await run(['status', '--json'], { status: followed });
    const torn = await run(['status', '--json'], { status: cut });
    const read = await run(['status'], { status: followed });

    expect(JSON.parse(whole.out)).toEqual({ ...reply, end });
    expect(JSON.parse(torn.out)).toEqual(reply);
    expect(read.out).toBe('It goes back.\ncheckout-7 · Switching\nBack on blue.\n');
  });

  test('that breaks says why without a stack and without a secret', async () => {
    const broken = () => Promise.reject(new Error('Slack refused xoxb-1-2-planted here.'));

    expect(await run(['start'], { start: broken })).toEqual({
      exit: 1,
      out: '',
      err: 'Slack refused (hidden, it may be a secret) here.\n',
    });
  });

  test('start ends with the code it was given', async () => {
    expect((await run(['start'], { start: async () => 6 })).exit).toBe(6);
  });
});

describe('audit verify', () => {
  test('passes the anchor as a release message shows it', async () => {
    const anchors: unknown[] = [];
    const auditVerify: Handlers['auditVerify'] = async ({ anchor }) => {
      anchors.push(anchor);
      return outcome;
    };
    const hash = 'ab'.repeat(32);

    const first = await run(['audit', 'verify', '--anchor', `12:${hash}`], { auditVerify });
    await run(['audit', 'verify', '--anchor', `#12 ${hash}`], { auditVerify });
    await run(['audit', 'verify', '--anchor', `journal #12 ${hash.toUpperCase()}`], {
      auditVerify,
    });
    await run(['audit', 'verify'], { auditVerify });

    expect(first).toEqual({ exit: 0, out: '40 rows, all in order.\n', err: '' });
    expect(anchors).toEqual([{ seq: 12, hash }, { seq: 12, hash }, { seq: 12, hash }, undefined]);
  });

  test('that failed says so on stderr, and as data on stdout with --json', async () => {
    const failed = { exit: 3, lines: ['Row 7 is broken.'], data: { bad: 7 } } as const;
    const auditVerify = async () => failed;

    expect(await run(['audit', 'verify'], { auditVerify })).toEqual({
      exit: 3,
      out: '',
      err: 'Row 7 is broken.\n',
    });
    expect(await run(['audit', 'verify', '--json'], { auditVerify })).toEqual({
      exit: 3,
      out: '{\n  "bad": 7\n}\n',
      err: '',
    });
  });
});

describe('check', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pointsman-cli-'));
    file = join(folder, 'pointsman.yaml');
    writeFileSync(file, smallest);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('prints fleets, nodes, services and roles as tables', async () => {
    const { exit, out, err } = await run(['check', '--config', file]);

    expect([exit, err]).toEqual([0, '']);
    const lines = out.replaceAll(folder, '<folder>').split('\n');
    expect(lines.filter((line) => !line.startsWith('Configuration digest '))).toEqual([
      '<folder>/pointsman.yaml is in order.',
      '',
      'FLEET  NODE  RUNTIME                         FRONTEND               MAP FILES',
      'edge   lb-1  unix:///run/haproxy/admin.sock  http://127.0.0.1:8080  file:///etc/haproxy/maps/bluegreen.map',
      '',
      'SERVICE   FLEET  ROUTE                                       BLUE          GREEN          APPROVERS  SMOKE  BAKE  ACCEPT  CHANNEL',
      'checkout  edge   map /etc/haproxy/maps/bluegreen.map active  backend_blue  backend_green  1 in 15m   none   5m    manual  C0RELEASES',
      '',
      'ROLE      WHO',
      'viewer    *',
      'releaser  S0RELEASERS',
      'approver  U0ANN',
      'operator  nobody',
      '',
      'Bake of checkout: finds an error rate of 10% or worse with 100 requests (minimum_requests); 2% needs 3513, 12 a second.',
      'Commands: /release, /rollback, /status, /release-status.',
      'Journal: <folder>/pointsman.db.',
      'Drift watch: every 10s.',
      'Warning: Nobody of the command line may roll back checkout: on the day when Slack is away nobody can. List a user of the host under roles.operator or roles.releaser, for example "cli:root".',
      '',
    ]);
  });

  test('prints the whole configuration as data with --json', async () => {
    const { exit, out } = await run(['check', '-c', file, '--json']);

    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      config: { services: { checkout: { route: { key: 'active' } } } },
    });
  });

  test('with --nodes shows each node, its problems once, and ends with 5', async () => {
    const one = {
      service: 'checkout',
      version: '2.6.12',
      memory: 'blue',
      disk: 'blue',
      servers: 'blue 2/2, green 0/2',
      notes: [],
    };
    const silent = { version: undefined, memory: undefined, disk: undefined, servers: '' };
    const lookAtNodes: Handlers['lookAtNodes'] = async () => [
      { ...one, node: nodeName('lb-1'), problems: [], notes: ['lb-1: no server of green is up.'] },
      { ...one, ...silent, node: nodeName('lb-2'), problems: ['lb-2: does not answer.'] },
    ];

    const broken = await run(['check', '--nodes', '-c', file], { lookAtNodes });
    const whole = await run(['check', '--nodes', '-c', file]);
    const data = await run(['check', '--nodes', '--json', '-c', file], { lookAtNodes });

    expect(broken.exit).toBe(5);
    expect(broken.out.split('\n').slice(-8)).toEqual([
      'SERVICE   NODE  HAPROXY  MEMORY  DISK  SERVERS              FOUND',
      'checkout  lb-1  2.6.12   blue    blue  blue 2/2, green 0/2  in order',
      'checkout  lb-2  -        -       -     -                    1 problem',
      '',
      'Problem: lb-2: does not answer.',
      'Note: lb-1: no server of green is up.',
      '1 problem at the nodes.',
      '',
    ]);
    expect([whole.exit, whole.out.includes('as the configuration expects')]).toEqual([0, true]);
    expect([data.exit, JSON.parse(data.out)]).toMatchObject([
      5,
      { ok: false, nodes: [{ node: 'lb-1' }, { problems: ['lb-2: does not answer.'] }] },
    ]);
  });

  test('names every problem on stderr and ends with 2', async () => {
    writeFileSync(
      join(folder, 'broken.yaml'),
      smallest.replace('C0RELEASES', 'releases').replace('edge\n    route', 'west\n    route'),
    );

    const { exit, out, err } = await run(['check', '-c', join(folder, 'broken.yaml')]);

    expect([exit, out]).toEqual([2, '']);
    expect(err).toBe(
      'broken.yaml, line 2: slack.channel: expected a channel\'s id such as C0RELEASES (in Slack: the channel\'s details, at the bottom), found "releases"\n' +
        'broken.yaml, line 13: services.checkout.fleet: expected one of the fleets (edge), found "west"\n',
    );
  });

  test('says that there is no file', async () => {
    const missing = join(folder, 'nope.yaml');

    expect(await run(['check', '-c', missing])).toEqual({
      exit: 2,
      out: '',
      err: `${missing} does not exist; name the file with --config\n`,
    });
  });
});
