import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import type { LocalSlack } from '../../demo/slack/local-slack.ts';
import { buttonsOf, type Message, visibleText } from '../../demo/slack/message.ts';
import { type LocalSlackOptions, startLocalSlack } from '../../demo/slack/start-local-slack.ts';
import type { Timings } from '../../src/timing/timings.ts';
import { freePort } from '../support/free-port.ts';
import type { TestFleet } from '../support/haproxy.ts';
import { quickTimings } from '../support/quick-timings.ts';
import { waitUntil } from '../support/wait-until.ts';
import { guardFolder, isGone } from '../support/watchdog.ts';
import { botConfig, type Differences } from './bot-config.ts';
import { BotProcess, type Ended, runVerb } from './bot-process.ts';

/** A row as it stands in the database. */
export interface JournalRow {
  readonly seq: number;
  readonly at: string;
  readonly release: string | null;
  readonly kind: string;
  readonly actor: string;
  readonly body: string;
}

export interface Wish extends Differences {
  readonly mode?: 'socket' | 'http';
  readonly slack?: LocalSlackOptions;
  readonly timings?: Timings;
  /** Further environment variables of the bot. */
  readonly env?: Readonly<Record<string, string>>;
  /** False: everything is there but the bot's process. */
  readonly start?: boolean;
}

/** The bot as people run it: a process over its configuration file, a fleet of HAProxies, and a Slack. */
export class WholeBot {
  readonly fleet: TestFleet;
  readonly slack: LocalSlack;
  /** Where its configuration and its database are. */
  readonly folder: string;
  readonly config: string;
  readonly database: string;
  readonly port: number;
  /** Everything every process of it wrote. */
  readonly #wish: Wish;
  readonly #processes: BotProcess[] = [];

  private constructor(fleet: TestFleet, slack: LocalSlack, port: number, wish: Wish) {
    this.fleet = fleet;
    this.slack = slack;
    this.port = port;
    this.#wish = wish;
    this.folder = mkdtempSync(join(tmpdir(), 'pm-bot-'));
    guardFolder(this.folder);
    this.config = join(this.folder, 'pointsman.yaml');
    this.database = join(this.folder, 'pointsman.db');
    this.configure(wish);
  }

  /** Every node on blue, a new database, a new Slack, and the bot ready. */
  static async start(fleet: TestFleet, wish: Wish = {}): Promise<WholeBot> {
    await resetFleet(fleet);
    const slack = await startLocalSlack({ retryDelaysMs: [0, 500], ...wish.slack });
    const bot = new WholeBot(fleet, slack, await freePort(), wish);
    if (wish.mode === 'http') slack.deliverTo(`${bot.url}/slack/events`);
    if (wish.start !== false) await bot.startAgain();
    return bot;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Writes the configuration file anew; the bot reads it at its next start. */
  configure(differences: Differences): void {
    writeFileSync(this.config, botConfig(this.database, this.fleet.nodes, differences));
  }

  /** What the bot needs of the environment in its mode. */
  get environment(): Readonly<Record<string, string>> {
    const { apiUrl, botToken, appToken, signingSecret } = this.slack;
    return {
      SLACK_API_URL: apiUrl,
      SLACK_BOT_TOKEN: botToken,
      ...(this.#wish.mode === 'http'
        ? { SLACK_SIGNING_SECRET: signingSecret }
        : { SLACK_APP_TOKEN: appToken }),
      PORT: String(this.port),
      POINTSMAN_TIMINGS: JSON.stringify(this.#wish.timings ?? quickTimings),
      ...this.#wish.env,
    };
  }

  /** The newest process. */
  get process(): BotProcess {
    const newest = this.#processes.at(-1);
    if (newest === undefined) throw new Error('The bot was not started.');
    return newest;
  }

  /** Starts a process; with `ready` (default) resolves when it says so. */
  async startAgain({ ready = true } = {}): Promise<BotProcess> {
    const started = new BotProcess(['start', '--config', this.config], this.environment);
    this.#processes.push(started);
    if (ready) await this.until200('/readyz');
    return started;
  }

  async until200(path: '/healthz' | '/readyz'): Promise<void> {
    const { process } = this;
    await waitUntil(
      async () => {
        if (!process.isRunning) return true;
        return (await fetch(`${this.url}${path}`)).ok;
      },
      { timeout: 50_000, every: 30, what: `200 at ${path}` },
    );
    if (!process.isRunning) throw new Error(`The bot ended while it started:\n${this.output}`);
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await fetch(`${this.url}${path}`);
    return { status: response.status, body: await response.json() };
  }

  /** Everything its processes wrote. */
  get output(): string {
    return this.#processes.map(({ stdout, stderr }) => stdout + stderr).join('');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.process.kill(signal);
    return this.process.ended;
  }

  /** Another verb of the program with the same configuration. */
  verb(...words: string[]): Promise<Ended> {
    return runVerb([...words, '--config', this.config]);
  }

  /** A release's one message, as it stands: the newest where there are several. */
  card(id: string): Message | undefined {
    return this.slack.messages().findLast((message) => isCardOf(message, id));
  }

  /** Every message that is a card of the release. */
  cards(id: string): readonly Message[] {
    return this.slack.messages().filter((message) => isCardOf(message, id));
  }

  /** Resolves with the card when its first line is `<id> · <state>`. */
  async until(id: string, state: string, timeout = 20_000): Promise<Message> {
    return waitUntil(
      () => {
        const card = this.card(id);
        return card !== undefined && firstLine(card) === `${id} · ${state}` ? card : undefined;
      },
      { timeout, what: `${id} to be "${state}"` },
    ).catch((error: Error) => {
      const card = this.card(id);
      const now = card === undefined ? 'no message' : visibleText(card);
      throw new Error(`${error.message} It shows:\n${now}\nand the bot said:\n${this.output}`);
    });
  }

  /** Types a command and resolves with all that only its author is answered. */
  async type(who: string, command: string, text = ''): Promise<string> {
    const asked = await this.slack.asUser(who).command(command, text);
    await this.slack.waitFor(() => asked.answers.length > 0);
    return asked.answers.map((answer) => visibleText(answer)).join('\n');
  }

  /** Presses and resolves with what only the presser is told: the refusal. */
  async pressRefused(who: string, message: Message, button: string): Promise<string> {
    const pressed = await this.slack.asUser(who).press(message, button);
    await this.slack.waitFor(() => pressed.answers.length > 0);
    return pressed.answers.map((answer) => visibleText(answer)).join('\n');
  }

  /** Presses Cancel and submits the dialog that asks why. */
  async cancel(who: string, message: Message, reason = ''): Promise<void> {
    const person = this.slack.asUser(who);
    await person.press(message, 'Cancel');
    const modal = await this.slack.waitFor(() => person.modals.at(-1));
    await person.submit(modal, { reason });
  }

  /** Rita asks for a release and Ann approves it; resolves with the card that waits for acceptance. */
  async releaseToAcceptance(id = 'checkout-1'): Promise<Message> {
    const card = await this.request(id);
    await this.slack.asUser('ann').press(card, 'Approve');
    return this.until(id, 'Awaiting acceptance');
  }

  /** Rita asks for a release; resolves with the card that waits for approval. */
  async request(id = 'checkout-1'): Promise<Message> {
    await this.type('rita', '/release', 'checkout');
    return this.until(id, 'Awaiting approval');
  }

  /** The journal's rows, oldest first, read beside the bot. */
  rows(release?: string): readonly JournalRow[] {
    const db = new BetterSqlite(this.database, { readonly: true });
    try {
      const all = db.prepare('SELECT * FROM journal ORDER BY seq').all() as JournalRow[];
      return all.filter((row) => release === undefined || row.release === release);
    } finally {
      db.close();
    }
  }

  /** Resolves when the journal has a row of this kind for the release: what holds, whatever Slack shows. */
  async untilRow(release: string, kind: string): Promise<void> {
    await waitUntil(() => this.rows(release).some((row) => row.kind === kind), {
      timeout: 20_000,
      what: `a row "${kind}" of ${release}`,
    });
  }

  async memories(): Promise<readonly (string | undefined)[]> {
    return Promise.all(this.fleet.nodes.map((node) => node.memory()));
  }

  /** Ends the processes and the Slack, and removes the folder. */
  async end(): Promise<void> {
    await this.endKeeping();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The same, and leaves the folder to be looked into. */
  async endKeeping(): Promise<void> {
    for (const one of this.#processes) one.kill('SIGKILL');
    await Promise.all(this.#processes.map(({ ended }) => ended));
    await this.slack.close();
    isGone(this.folder);
  }
}

/** The first thing a reader sees. */
export function firstLine(message: Pick<Message, 'text' | 'blocks'>): string {
  return visibleText(message).split('\n')[0] ?? '';
}

export function lastLine(message: Pick<Message, 'text' | 'blocks'>): string {
  return visibleText(message).split('\n').at(-1) ?? '';
}

export function labels(message: Pick<Message, 'blocks'>): readonly string[] {
  return buttonsOf(message).map(({ label }) => label);
}

function isCardOf(message: Message, id: string): boolean {
  return message.user === 'U0POINTSMAN' && message.text.startsWith(`${id} · `);
}

/** Every node on blue again, in memory and on disk. */
export async function resetFleet(fleet: TestFleet): Promise<void> {
  for (const node of fleet.nodes) {
    await node.ask(`set map ${node.mapFile} active backend_blue`);
    node.writeDisk('active backend_blue\n');
  }
}
