import { readTable } from './table.ts';

export interface ServerStateRow {
  readonly backend: string;
  readonly server: string;
  readonly running: boolean;
  /** Forced by hand or by the Runtime API. Bit 4, set by `disabled` in the configuration, stays even while it serves. */
  readonly maint: boolean;
  readonly drain: boolean;
  readonly weight: number;
}

/** Reads `show servers state` (format version 1); undefined where it is something else. */
export function parseShowServersState(reply: string): readonly ServerStateRow[] | undefined {
  if (!reply.startsWith('1\n')) return undefined;
  return readTable(reply.slice(2))?.map((row) => {
    const admin = Number(row.srv_admin_state);
    return {
      backend: row.be_name ?? '',
      server: row.srv_name ?? '',
      running: row.srv_op_state === '2',
      maint: (admin & 1) !== 0,
      drain: (admin & 8) !== 0,
      weight: Number(row.srv_uweight),
    };
  });
}
