import { parseArgs } from 'node:util';
import { type RouteName, routeNames } from './routes/names.ts';

/** What was asked for on the command line, or the sentence that says what is wrong with it. */
export type Arguments =
  | {
      readonly kind: 'watch' | 'script';
      readonly route: RouteName;
      /** The page's port. */
      readonly port?: number;
    }
  | {
      /** The local Slack alone, for a bot and HAProxies of one's own. */
      readonly kind: 'slack';
      readonly port?: number;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly sentence: string };

export const usage = `npm run demo                    the channel page in the browser; Ctrl-C ends it
npm run demo -- --script        plays a release and a rollback by itself, under load, and reports
npm run demo -- --route config  another way than a map, also with --script: ${routeNames.join(', ')}
npm run demo -- --slack         the local Slack alone, for your own bot and your own HAProxy
npm run demo -- --port 8080     the page on a port of your choice`;

export function readArguments(words: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        script: { type: 'boolean', default: false },
        route: { type: 'string', default: 'map' },
        port: { type: 'string' },
        slack: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    const route = routeNames.find((name) => name === values.route);
    if (route === undefined) {
      const sentence = `--route "${values.route}" is none of ${routeNames.join(', ')}.`;
      return { kind: 'wrong', sentence };
    }
    const port = readPort(values.port);
    if (typeof port === 'string') return { kind: 'wrong', sentence: port };
    if (values.slack) return { kind: 'slack', ...port };
    return { kind: values.script ? 'script' : 'watch', route, ...port };
  } catch (error) {
    return { kind: 'wrong', sentence: error instanceof Error ? error.message : String(error) };
  }
}

function readPort(text: string | undefined): { readonly port?: number } | string {
  if (text === undefined) return {};
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return { port };
  return `--port "${text}" is not a port from 1 to 65535.`;
}
