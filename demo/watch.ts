import type { Endings } from './endings.ts';
import { frame } from './frame.ts';
import { startGentleTraffic } from './traffic/gentle-traffic.ts';
import type { World } from './world.ts';

/** Lets people play until the signal; rejects where the bot ends by itself. */
export async function watch(
  world: World,
  options: {
    readonly endings: Endings;
    readonly signal: AbortSignal;
    readonly say: (line: string) => void;
  },
): Promise<void> {
  const { endings, signal, say } = options;
  const traffic = startGentleTraffic(world.fleet.nodes);
  endings.add('the background traffic', traffic.stop);
  say(welcome(world));
  const asked = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([world.bot.lost(), asked]);
}

function welcome({ slack, fleet, bot }: World): string {
  return frame([
    'Pointsman is running. Open the channel in a browser:',
    '',
    `    ${slack.url}`,
    '',
    'Three things to try there (who you are is chosen on the page):',
    '',
    '  1. as Rita    /release checkout green because I want to see it move',
    '     as Ann     press Approve; then, as Rita, Accept',
    '  2. as Rita    /rollback checkout because I liked blue better',
    '  3. as anyone  /release-status checkout',
    '',
    'What the customers see, through each HAProxy:',
    ...fleet.nodes.map(({ name, frontend }) => `    ${name}   ${frontend}/`),
    '',
    `The bot's log: ${bot.logFile}`,
    'Ctrl-C ends everything and removes every file.',
  ]);
}
