import { type BackendReading, partsOf, type ServerReading, type SideReading } from './reading.ts';

/**
 * Whether a server can take users. This is the one place where that is decided, for gates, capacity, the way back,
 * badges, tables and rolling releases alike: status, weight, backup and who took it out count together.
 */
export type Fitness =
  /** Takes new users, and its checks have settled. */
  | 'serves'
  /** Takes new users now, and its checks are not settled: enough for going back, not for a switch. */
  | 'wavers'
  /** Serves only where no other does (`backup`): often a sorry page. Neither counts nor is needed. */
  | 'backup'
  /** A slot that has no address yet (`MAINT (resolution)`): no server at all. */
  | 'empty'
  /** Would serve, and HAProxy sends it nobody: its weight is 0. */
  | 'weightless'
  /** Out, or on its way: a person's or the route's maintenance or drain, or checks that have not settled. */
  | 'out'
  | 'down';

export function fitnessOf(server: ServerReading): Fitness {
  if (server.health === 'unresolved') return 'empty';
  return server.backup ? 'backup' : asActive(server);
}

/** The same for one that is judged by itself, backup or not: what it was before it was taken out, it shall be again. */
export function isWell(server: ServerReading): boolean {
  return asActive(server) === 'serves';
}

function asActive({ health, word, weight }: ServerReading): Exclude<Fitness, 'backup' | 'empty'> {
  switch (health) {
    case 'healthy':
    case 'no_check':
      return weight > 0 ? 'serves' : 'weightless';
    case 'transitional':
      return word === 'up' && weight > 0 ? 'wavers' : 'out';
    case 'maint':
    case 'drain':
      return 'out';
    default:
      return 'down';
  }
}

/** The servers that count at all: neither backups nor slots without an address. */
export function countedServers({
  servers,
}: Pick<BackendReading, 'servers'>): readonly ServerReading[] {
  return servers.filter((server) => !['backup', 'empty'].includes(fitnessOf(server)));
}

/** The servers a switch may rely on. None where HAProxy itself says that the backend is down. */
export function servingServers({
  servers,
  isDown,
}: Pick<BackendReading, 'servers' | 'isDown'>): readonly ServerReading[] {
  return isDown === true ? [] : servers.filter((server) => fitnessOf(server) === 'serves');
}

/** True where a side could take the traffic now, each of its backends: it serves, or its route can let it in again. */
export function canTake(side: SideReading): boolean {
  return partsOf(side).every((part) => takesNow(part) || canBeLetIn(part));
}

/** True where each backend of a side takes users now, also with servers whose checks have begun to fail. */
export function takesTraffic(side: SideReading): boolean {
  return partsOf(side).every(takesNow);
}

function takesNow({ servers, isDown }: BackendReading): boolean {
  if (isDown === true) return false;
  return servers.some((server) => ['serves', 'wavers'].includes(fitnessOf(server)));
}

function canBeLetIn({ servers, letsIn }: BackendReading): boolean {
  if (letsIn !== true) return false;
  return servers.some(({ word, weight, backup }) => word === 'maint' && weight > 0 && !backup);
}

/** The status as HAProxy prints it, with what it does not say. */
export function statusWords({ status, backup, weight, word }: ServerReading): string {
  const more = [
    ...(backup ? ['backup'] : []),
    ...(weight === 0 && word !== 'unresolved' ? ['weight 0'] : []),
  ];
  return [status, ...more].join(', ');
}

/** Why servers of a backend do not count for a switch, one clause for each reason, and how to mend what a person can; empty where all do. */
export function unfitWords({ backend, servers, isDown }: BackendReading): readonly string[] {
  const of = (fitness: Fitness) => servers.filter((server) => fitnessOf(server) === fitness);
  const weightless = of('weightless');
  const [first] = weightless;
  const backups = of('backup');
  const others = servers.filter((server) => ['wavers', 'out', 'down'].includes(fitnessOf(server)));
  return [
    ...(first === undefined
      ? []
      : [
          `${namesOf(weightless)} ${weightless.length === 1 ? 'has' : 'have'} weight 0: set weight ${pathOf(backend, first)} 100`,
        ]),
    ...others.map(
      (server) =>
        `${server.name} is ${statusWords(server)}${server.check === '' ? '' : ` (${server.check})`}`,
    ),
    ...(backups.length === 0 ? [] : [`${namesOf(backups)} ${asBackups(backups.length)}`]),
    ...(isDown === true ? [`HAProxy says that ${backend} is DOWN`] : []),
  ];
}

function asBackups(count: number): string {
  return count === 1 ? 'is a backup and does not count' : 'are backups and do not count';
}

function namesOf(servers: readonly ServerReading[]): string {
  return servers.map(({ name }) => name).join(', ');
}

/** `backend/server`: servers of one backend are named `app (g1, g2)` with it, those of several have it in their own name. */
function pathOf(backend: string, { name }: ServerReading): string {
  return name.includes('/') ? name : `${backend.replace(/ \(.*$/, '')}/${name}`;
}
