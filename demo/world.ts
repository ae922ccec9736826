import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder, isGone } from '../test/support/watchdog.ts';
import { Bot } from './bot.ts';
import type { Endings } from './endings.ts';
import { DemoFleet } from './fleet/fleet.ts';
import type { Setup } from './fleet/setup.ts';
import type { Pace } from './pace.ts';
import type { LocalSlack } from './slack/local-slack.ts';
import { startLocalSlack } from './slack/start-local-slack.ts';

/** All that runs in a demo. */
export interface World {
  /** Everything of it that is a file stands below this folder. */
  readonly folder: string;
  readonly fleet: DemoFleet;
  readonly slack: LocalSlack;
  readonly bot: Bot;
}

const nodeCount = 3;

/** Starts it all, saying each step before it is done; what was started is in `endings`, also where this rejects. */
export async function startWorld(options: {
  readonly setup: Setup;
  readonly pace: Pace;
  readonly endings: Endings;
  /** Looked at between the steps. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** The page's port; absent: a free one. */
  readonly port?: number;
}): Promise<World> {
  const { setup, endings, signal, say } = options;
  const folder = mkdtempSync(join(shortFolder(), 'pointsman-demo-'));
  guardFolder(folder);
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
    isGone(folder);
  };
  endings.add(folder, remove);
  // Should the process end without its endings, at least no file stays.
  process.once('exit', remove);

  say(`Starting ${nodeCount} HAProxies and the small applications behind them ...`);
  const fleet = await DemoFleet.start(folder, nodeCount, setup, endings);

  signal.throwIfAborted();
  say('Starting the local Slack ...');
  const slack = await startSlack(options.port);
  endings.add('the local Slack', () => slack.close());

  signal.throwIfAborted();
  say('Starting the bot ...');
  const config = join(folder, 'pointsman.yaml');
  const database = join(folder, 'pointsman.db');
  const { nodes, applications } = fleet;
  const { pace } = options;
  const channel = slack.channel.id;
  writeFileSync(
    config,
    setup.config({ database, channel, nodes, applications: applications.all, pace, folder }),
  );
  const programs = setup.programs?.(folder, applications);
  const own = programs === undefined ? {} : { programs };
  const bot = await Bot.start({ config, folder, slack, ...own }, signal, (spawned) =>
    endings.add('the bot', () => spawned.stop()),
  );
  return { folder, fleet, slack, bot };
}

export async function startSlack(port: number | undefined): Promise<LocalSlack> {
  try {
    return await startLocalSlack(port === undefined ? {} : { port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new Error(
      `Port ${port} is taken by another program. Leave --port out to get a free one.`,
    );
  }
}

/** A unix socket's path has at most 107 bytes; some systems' own folder for temporary files is long already. */
function shortFolder(): string {
  const usual = tmpdir();
  return usual.length > 40 ? '/tmp' : usual;
}
