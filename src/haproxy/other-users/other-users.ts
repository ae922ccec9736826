import type { OtherUser, OtherUsers } from '../../release/other-user.ts';
import type { NodeTarget } from '../../release/target.ts';
import { type ServerName, type Side, sides } from '../../release/vocabulary.ts';
import {
  inOneLine,
  showInfo,
  showMap,
  showMapNumber,
  showMaps,
  showServersState,
} from '../command-line.ts';
import { readConfig } from '../config-file/config-on-disk.ts';
import { isExchangeFailure, NodeUnreachable, ReplyTooLong, ReplyUnknown } from '../errors.ts';
import type { SideBackends } from '../held.ts';
import { type LoadedMap, parseShowMaps } from '../replies/show-maps.ts';
import type { RuntimeApi } from '../runtime-api.ts';
import { type ConfigUses, configUses, type MapUse } from './config-uses.ts';
import { MapUserSearch, pointersTo } from './map-users.ts';
import { sameServers, serverAddresses } from './same-servers.ts';

/** What of a node belongs to the service itself. */
export interface Own {
  readonly api: RuntimeApi;
  readonly at: NodeTarget;
  readonly backends: SideBackends;
  /** Where the sides are servers of one backend: nobody else's line decides between them. */
  readonly servers?: Readonly<Record<Side, readonly ServerName[]>>;
  /** The map whose keys the service moves, by its path in haproxy.cfg, and the words it writes there. */
  readonly map?: {
    readonly id: string;
    readonly keys: readonly string[];
    readonly values: Readonly<Record<Side, string>>;
  };
  /** The number of the line of haproxy.cfg that the service moves. */
  readonly lineOf?: (text: string) => number | undefined;
}

/** Some ten million entries. */
const longestMap = 256 * 1024 * 1024;

/**
 * Who else sends traffic to a side of this node: other keys of any loaded map, other lines of its haproxy.cfg where the
 * bot can read it, other backends with the same servers. Rejects with the signal's reason only.
 */
export async function otherUsersOf(own: Own, signal?: AbortSignal): Promise<OtherUsers> {
  try {
    const state = await own.api.ask(showServersState(), optionsOf(32 * 1024 * 1024, signal));
    const addresses = serverAddresses(state);
    if (addresses === undefined) return unknown(`\`show servers state\`: ${state.trim()}`);
    const shared = sameServers(addresses, own.backends, own.servers);
    if (own.servers !== undefined) return { kind: 'known', users: shared };
    const config = await usesIn(own);
    const keys = await keyUsers(own, config, signal);
    if (typeof keys === 'string') return unknown(keys);
    return { kind: 'known', users: [...keys, ...lineUsers(own, config), ...shared] };
  } catch (error) {
    if (!isExchangeFailure(error)) throw error;
    return isSilence(error) ? { kind: 'silent' } : unknown(error.message);
  }
}

/** A connection that is refused, cut or never answered; a list that is too long is an answer. */
function isSilence(error: Error): boolean {
  return (
    error instanceof NodeUnreachable ||
    (error instanceof ReplyUnknown && !(error instanceof ReplyTooLong))
  );
}

function unknown(why: string): OtherUsers {
  return { kind: 'unknown', why: why.slice(0, 300) };
}

function optionsOf(maxBytes: number, signal?: AbortSignal) {
  return { maxBytes, ...(signal && { signal }) };
}

/** The node's haproxy.cfg, where the configuration names it and it can be read here. */
async function usesIn({ at, map, lineOf }: Own): Promise<ConfigUses | undefined> {
  if (at.configFile === undefined) return undefined;
  try {
    const { text } = await readConfig(at.configFile);
    const uses = configUses(text, map && { map: map.id, keys: map.keys });
    const own = lineOf?.(text);
    return { ...uses, lines: uses.lines.filter(({ number }) => number !== own) };
  } catch {
    return undefined;
  }
}

function lineUsers({ backends }: Own, config: ConfigUses | undefined): readonly OtherUser[] {
  return sides.flatMap((side) =>
    (config?.lines ?? [])
      .filter(({ backend }) => (backends[side] as readonly string[]).includes(backend))
      .map(({ place, backend }) => ({ side, user: place, uses: backend })),
  );
}

async function keyUsers(
  own: Own,
  config: ConfigUses | undefined,
  signal?: AbortSignal,
): Promise<readonly OtherUser[] | string> {
  const maps = parseShowMaps(await own.api.ask(showMaps(), optionsOf(8 * 1024 * 1024, signal)));
  if (maps === undefined) return 'its list of maps was not understood';
  const users: OtherUser[] = [];
  for (const map of maps) {
    const found = await usersOfMap(own, map, config, signal);
    if (typeof found === 'string') return found;
    users.push(...found);
  }
  return users;
}

async function usersOfMap(
  { api, backends, map: mine }: Own,
  map: LoadedMap,
  config: ConfigUses | undefined,
  signal?: AbortSignal,
): Promise<readonly OtherUser[] | string> {
  const isMine = map.file !== undefined && map.file === mine?.id;
  const uses = usesOfMap(map, config);
  const pointers = sides.flatMap((side) => {
    // Without haproxy.cfg nobody can tell what is made of the word: another key with the same one may be another user.
    const words =
      isMine && config === undefined
        ? backends[side].map((backend) => ({ value: mine.values[side], backend }))
        : [];
    return [...pointersTo(backends[side], uses), ...words].map((one) => ({ ...one, side }));
  });
  const search = new MapUserSearch(pointers, isMine ? mine.keys : []);
  const line = inOneLine(showInfo(), isMine ? showMap(mine.id) : showMapNumber(map.id));
  await api.read(line, (chunk) => search.push(chunk), optionsOf(longestMap, signal));
  const found = search.end();
  if (typeof found === 'string') return found;
  const place = isMine || map.file === undefined ? '' : ` of ${map.file}`;
  return found.map(({ side, key, backend }) => ({ side, user: `${key}${place}`, uses: backend }));
}

/** How the map's values become backends: as its lines say, else as they are. */
function usesOfMap({ file }: LoadedMap, config: ConfigUses | undefined): readonly MapUse[] {
  const known = (config?.maps ?? []).filter(({ map }) => map === file);
  return known.length > 0 ? known : [{ map: file ?? '', prefix: '', suffix: '' }];
}
