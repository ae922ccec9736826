import type { OtherUser } from '../../release/other-user.ts';
import { type ServerName, type Side, sides } from '../../release/vocabulary.ts';
import type { SideBackends } from '../held.ts';
import { readTable } from '../replies/table.ts';

export interface ServerAddress {
  readonly backend: string;
  readonly server: string;
  /** `127.0.0.1:8001`. */
  readonly address: string;
}

/** Every server with an address of its own, from `show servers state`; undefined where the reply is something else. */
export function serverAddresses(reply: string): readonly ServerAddress[] | undefined {
  if (!reply.startsWith('1\n')) return undefined;
  return readTable(reply.slice(2))?.flatMap((row) => {
    const { be_name: backend = '', srv_name: server = '', srv_addr: ip, srv_port: port } = row;
    const known = ip !== undefined && ip !== '-' && port !== undefined && port !== '0';
    return known ? [{ backend, server, address: `${ip}:${port}` }] : [];
  });
}

/** Backends that have the very application of a side behind them, under another name; each once. */
export function sameServers(
  all: readonly ServerAddress[],
  backends: SideBackends,
  servers?: Readonly<Record<Side, readonly ServerName[]>>,
): readonly OtherUser[] {
  const byAddress = new Map<string, ServerAddress[]>();
  for (const one of all) byAddress.set(one.address, [...(byAddress.get(one.address) ?? []), one]);
  return sides.flatMap((side) => {
    const own: readonly string[] = backends[side];
    const only: readonly string[] | undefined = servers?.[side];
    const isOwn = ({ backend, server }: ServerAddress) =>
      own.includes(backend) && (only === undefined || only.includes(server));
    const shared = all
      .filter(isOwn)
      .flatMap(({ backend, server, address }) =>
        (byAddress.get(address) ?? [])
          .filter((one) => !isOwn(one))
          .map((one) => ({ by: one.backend, what: `${address} (${backend}/${server})` })),
      );
    return [...new Set(shared.map(({ by }) => by))].map((by) => {
      const uses = inShort(shared.filter((one) => one.by === by).map(({ what }) => what));
      return { side, user: `backend ${by}`, uses };
    });
  });
}

function inShort([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}
