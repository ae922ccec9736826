import { foldRelease } from '../release/fold-release.ts';
import type { Entry } from '../release/journal-entry.ts';
import type { Release } from '../release/release.ts';
import { foldService, newService, type ServiceState } from '../release/service-state.ts';
import { isEnd } from '../release/states.ts';
import type { ReleaseId, ServiceName } from '../release/vocabulary.ts';
import { foldLiveSide, type LiveSide } from './live-side.ts';

/** What one row changes in the tables that are derived from the journal; a row of the table each. */
export type Change =
  | { readonly kind: 'release'; readonly release: Release }
  | { readonly kind: 'service'; readonly state: ServiceState }
  | { readonly kind: 'live'; readonly service: ServiceName; readonly side: LiveSide }
  | {
      readonly kind: 'lock';
      readonly service: ServiceName;
      readonly release: ReleaseId;
      readonly at: string;
    }
  | { readonly kind: 'unlock'; readonly service: ServiceName; readonly release: ReleaseId }
  | { readonly kind: 'seen'; readonly request: string; readonly seq: number }
  | {
      readonly kind: 'place';
      readonly seq: number;
      readonly release: ReleaseId | null;
      readonly channel: string;
      readonly message: string;
    }
  | {
      readonly kind: 'anchor';
      readonly row: number;
      readonly seq: number;
      readonly hash: string;
    };

/** What the journal said before the row. */
export interface Before {
  release(id: ReleaseId): Release | undefined;
  service(name: ServiceName): ServiceState | undefined;
  liveSide(name: ServiceName): LiveSide | undefined;
}

/** Everything one row changes. Pure: writing it and rebuilding it come to the same. */
export function changesOf(entry: Entry, before: Before): readonly Change[] {
  const was = entry.release === undefined ? undefined : before.release(entry.release);
  const release = foldRelease(was, entry);
  return [
    ...(release === undefined || release === was ? [] : [{ kind: 'release' as const, release }]),
    ...serviceChange(entry, release, before),
    ...liveChange(entry, release, before),
    ...lockChange(entry, release),
    ...seenChange(entry),
    ...toldChange(entry),
  ];
}

function serviceChange(
  entry: Entry,
  release: Release | undefined,
  before: Before,
): readonly Change[] {
  if (entry.service === undefined) return [];
  const was = before.service(entry.service);
  const start = was ?? newService(entry.service);
  const state = foldService(start, entry, release);
  return state === start ? [] : [{ kind: 'service', state }];
}

function liveChange(entry: Entry, release: Release | undefined, before: Before): readonly Change[] {
  const { service } = entry;
  if (service === undefined) return [];
  const was = before.liveSide(service);
  const side = foldLiveSide(was, entry, entry.release === undefined ? undefined : release);
  return side === undefined || side === was ? [] : [{ kind: 'live', service, side }];
}

function lockChange(entry: Entry, release: Release | undefined): readonly Change[] {
  if (release === undefined) return [];
  const { service, id } = release;
  if (entry.what.kind === 'requested') {
    return [{ kind: 'lock', service, release: id, at: entry.instant.at }];
  }
  return isEnd(release.state) ? [{ kind: 'unlock', service, release: id }] : [];
}

/** A refusal does not use a request up: the same press may be allowed later. */
function seenChange({ origin, what, seq }: Entry): readonly Change[] {
  const request = origin?.request;
  return request === undefined || what.kind === 'refused' ? [] : [{ kind: 'seen', request, seq }];
}

function toldChange({ seq, release, origin, what }: Entry): readonly Change[] {
  if (what.kind === 'anchored') {
    return [{ kind: 'anchor', row: seq, seq: what.anchorSeq, hash: what.anchorHash }];
  }
  const { channel, message } = origin ?? {};
  if (what.kind !== 'posted' || channel === undefined || message === undefined) return [];
  return [{ kind: 'place', seq, release: release ?? null, channel, message }];
}
