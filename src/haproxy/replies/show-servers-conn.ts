import { readTable } from './table.ts';

export interface ServerConnections {
  readonly name: string;
  /** `10.0.0.5:80` */
  readonly address: string;
  /** Connections that carry something now; idle pooled ones are not counted. */
  readonly used: number;
}

/** Reads `show servers conn <backend>` by header name; undefined where it is something else (`Can't find backend.`). */
export function parseShowServersConn(reply: string): readonly ServerConnections[] | undefined {
  const rows = readTable(reply)?.map((row) => ({
    name: row['bkname/svname']?.split('/')[1] ?? '',
    address: `${row.addr ?? ''}:${row.port ?? ''}`,
    used: Number.parseInt(row.used_cur ?? '', 10),
  }));
  return rows?.every(({ name, used }) => name !== '' && !Number.isNaN(used)) ? rows : undefined;
}
