import type { Endings } from './endings.ts';
import { frame } from './frame.ts';
import type { DemoRoute } from './routes/route.ts';
import { startGentleTraffic } from './traffic/gentle-traffic.ts';
import { startPassingUsers } from './traffic/passing-users.ts';
import type { World } from './world.ts';

/** Lets people play until the signal; rejects where the bot ends by itself. */
export async function watch(
  world: World,
  route: DemoRoute,
  options: {
    readonly endings: Endings;
    readonly signal: AbortSignal;
    readonly say: (line: string) => void;
  },
): Promise<void> {
  const { endings, signal, say } = options;
  const traffic = startGentleTraffic(world.fleet.nodes, route.hosts);
  endings.add('the background traffic', traffic.stop);
  if (route.hasUsers) {
    const users = startPassingUsers(world.fleet.nodes, route.hosts[0] ?? '');
    endings.add('the users', users.stop);
  }
  say(welcome(world, route.tries));
  const asked = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([world.bot.lost(), asked]);
}

function welcome({ slack, fleet, bot }: World, tries: readonly string[]): string {
  return frame([
    'Pointsman is running. Open the channel in a browser:',
    '',
    `    ${slack.url}`,
    '',
    'Three things to try there (who you are is chosen on the page):',
    '',
    ...tries.map((line) => `  ${line}`),
    '',
    'What the customers see, through each HAProxy:',
    ...fleet.nodes.map(({ name, frontend }) => `    ${name}   ${frontend}/`),
    '',
    `The bot's log: ${bot.logFile}`,
    'Ctrl-C ends everything and removes every file.',
  ]);
}
