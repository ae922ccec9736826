import { fitnessOf, isWell, statusWords } from '../../release/server-fitness.ts';
import type { ServerName } from '../../release/vocabulary.ts';
import type { ServerHeld } from '../ports.ts';
import type { ReachedServers } from './servers-fleet.ts';

/**
 * Why these servers must not be taken out of this node: none that is healthy would be left. Undefined where one stays,
 * or where all of them are out already.
 */
export function whyNoneStays(
  { servers }: Pick<ReachedServers, 'servers'>,
  taking: readonly ServerName[],
): string | undefined {
  const out = new Set(taking);
  // In drain it still serves whoever has its cookie.
  const isIn = servers.some(({ name, state }) => out.has(name) && state !== 'maint');
  const staying = servers.filter((server) => !out.has(server.name));
  if (!isIn || staying.some(takesTraffic)) return undefined;
  const others = staying.map(
    (server) => `${server.name} is ${server.state}, ${statusWords(server)}`,
  );
  const rest = others.length === 0 ? 'there is no other' : others.join(', ');
  return `without ${taking.join(', ')} no healthy server is left: ${rest}`;
}

/** Takes new users now, and its checks say that it can. */
export function takesTraffic(server: ServerHeld): boolean {
  return server.state === 'ready' && fitnessOf(server) === 'serves';
}

/** Is back as it was: in, and its checks say that it can; a backup server as a backup. */
export function isBack(server: ServerHeld): boolean {
  return server.state === 'ready' && isWell(server);
}
