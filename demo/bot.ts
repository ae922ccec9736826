import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import { guardProcess, isGone } from '../test/support/watchdog.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const readyMs = 20_000;
const stopMs = 10_000;

/** How a program of the bot ended. */
export interface Ended {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to stdout and stderr. */
  readonly output: string;
}

/** What the bot is started with. */
export interface BotSetup {
  /** Its configuration file. */
  readonly config: string;
  /** Where its log goes. */
  readonly folder: string;
  readonly slack: { readonly apiUrl: string; readonly botToken: string; readonly appToken: string };
  /** A folder of programs that come before those of the PATH. */
  readonly programs?: string;
}

/** The bot as it ships, `node dist/main.js start`, as a process of its own. */
export class Bot {
  /** Resolves when the process is gone, whoever ended it. */
  readonly ended: Promise<Ended>;
  readonly logFile: string;
  readonly #setup: BotSetup;
  readonly #process: ChildProcess;
  #output = '';
  #asked = false;

  private constructor(setup: BotSetup, port: number) {
    this.#setup = setup;
    this.logFile = join(setup.folder, 'bot.log');
    const log = createWriteStream(this.logFile);
    this.#process = spawn(
      process.execPath,
      ['--enable-source-maps', program, 'start', '--config', setup.config],
      {
        // Its own group: the terminal's Ctrl-C reaches the demo, and the demo ends it in order.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...plainEnvironment(),
          ...slackEnvironment(setup),
          ...(setup.programs && { PATH: `${setup.programs}:${process.env.PATH}` }),
          PORT: String(port),
        },
      },
    );
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk) => {
        log.write(chunk);
        this.#output = (this.#output + String(chunk)).slice(-20_000);
      });
    }
    // Should the demo's process end without its endings, or be killed, the bot goes with it.
    const last = () => this.#process.kill('SIGKILL');
    process.once('exit', last);
    if (this.#process.pid !== undefined) guardProcess(this.#process.pid);
    this.ended = new Promise((resolve) => {
      this.#process.once('error', (error) => {
        log.end();
        resolve({ code: null, signal: null, output: error.message });
      });
      this.#process.once('close', (code, signal) => {
        process.off('exit', last);
        if (this.#process.pid !== undefined) isGone(this.#process.pid);
        log.end();
        resolve({ code, signal, output: this.#output });
      });
    });
  }

  /** Starts it, hands it to `onSpawn` at once, and resolves when `/readyz` says 200. */
  static async start(
    setup: BotSetup,
    signal: AbortSignal,
    onSpawn: (bot: Bot) => void,
  ): Promise<Bot> {
    const port = await freePort();
    const bot = new Bot(setup, port);
    onSpawn(bot);
    const early = bot.ended.then(({ output }) => {
      throw new Error(`The bot ended while it started. It said:\n${lastLines(output)}`);
    });
    const isReady = async () =>
      signal.aborted || (await fetch(`http://127.0.0.1:${port}/readyz`, { signal })).ok;
    await Promise.race([
      waitUntil(isReady, { timeout: readyMs, every: 50, what: 'the bot to be ready' }),
      early,
    ]);
    signal.throwIfAborted();
    return bot;
  }

  /** Rejects when it ends without having been asked to; otherwise stays pending. */
  async lost(): Promise<never> {
    const ended = await this.ended;
    if (this.#asked) return new Promise(() => {});
    throw new Error(`The bot is gone (${endWords(ended)}). It said:\n${lastLines(ended.output)}`);
  }

  /** Asks it to stop; what does not stop in time is killed. Resolves with how it ended. */
  async stop(): Promise<Ended> {
    this.#asked = true;
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), stopMs);
    return this.ended.finally(() => clearTimeout(timer));
  }

  /** Runs another verb of the bot with the same configuration, e.g. `['audit', 'verify']`. */
  verb(words: readonly string[]): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        ['--enable-source-maps', program, ...words, '--config', this.#setup.config],
        { stdio: ['ignore', 'pipe', 'pipe'], env: plainEnvironment() },
      );
      let output = '';
      child.stdout.on('data', (chunk) => {
        output += String(chunk);
      });
      child.stderr.on('data', (chunk) => {
        output += String(chunk);
      });
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, output }));
    });
  }
}

/** How it ended, in words. */
export function endWords({ code, signal }: Ended): string {
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
}

/** The last lines of what it wrote, indented. */
export function lastLines(output: string, count = 12): string {
  const lines = output.trimEnd().split('\n').slice(-count);
  return lines.map((line) => `    ${line}`).join('\n');
}

/** Nothing of the person's own Slack, proxies or Node options gets into the demo's bot. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TZ, LANG, TMPDIR } = process.env;
  return Object.fromEntries(
    Object.entries({ PATH, HOME, TZ, LANG, TMPDIR }).filter(([, value]) => value !== undefined),
  );
}

function slackEnvironment({ slack }: BotSetup): NodeJS.ProcessEnv {
  return {
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    HOST: '127.0.0.1',
  };
}
