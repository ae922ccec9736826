import type { Service } from '../config/config.ts';
import { sideTarget } from '../config/route-target.ts';
import { counted } from '../release/counted.ts';
import type { Draft } from '../release/journal-entry.ts';
import { settingWords } from '../release/servers-words.ts';
import { hasSides, type ServersTarget } from '../release/target.ts';
import { system } from '../release/vocabulary.ts';
import { adoptionDraft, findSide } from './acts/find-side.ts';
import type { Engine } from './engine.ts';
import type { ServersReading } from './ports.ts';
import { readServersFleet } from './servers/servers-fleet.ts';

/**
 * Tells once how each service is found that the journal knows nothing of, in its channel: the side that all nodes have in
 * memory and on disk becomes the stable one. Nodes that do not answer are waited for, until the signal aborts.
 */
export async function lookForTheFirstTime(engine: Engine, signal: AbortSignal): Promise<void> {
  const { clock, config, reportError } = engine.deps;
  let unknown = [...config.services.values()];
  while (!signal.aborted) {
    unknown = await lookAtAll(engine, unknown, signal).catch((error: unknown) => {
      if (!signal.aborted) reportError(error, 'looking at services for the first time');
      return unknown;
    });
    if (unknown.length === 0) return;
    await clock.sleep(config.drift.everyMs, signal).catch(() => undefined);
  }
}

/**
 * One service after the other, and a node that did not answer for one is not asked for the next: it has few connections,
 * and others need them. Returns those whose nodes did not all answer.
 */
async function lookAtAll(
  engine: Engine,
  services: readonly Service[],
  signal: AbortSignal,
): Promise<Service[]> {
  const silent = new Set<string>();
  const left: Service[] = [];
  for (const service of services) {
    if (signal.aborted) break;
    const { nodes } = service.target;
    const isSilent = nodes.some(({ runtime }) => silent.has(runtime));
    if (!isSilent && (await isTold(engine, service, signal))) continue;
    for (const { runtime } of nodes) silent.add(runtime);
    left.push(service);
  }
  return left;
}

/** True: nothing is left to say of it. */
async function isTold(engine: Engine, service: Service, signal: AbortSignal): Promise<boolean> {
  if (!isUnknown(engine, service)) return true;
  const draft = await findingOf(engine, service);
  if (draft === undefined || signal.aborted) return false;
  const { journal, journalFault } = engine.deps;
  // A release, or an operator, may have been quicker while the nodes were read.
  if (isUnknown(engine, service) && journalFault() === undefined) journal.append([draft]);
  return true;
}

function isUnknown(engine: Engine, { name }: Service): boolean {
  const { accepted, found, lastNumber } = engine.deps.journal.service(name);
  return accepted === undefined && found === undefined && lastNumber === 0;
}

/** The row that tells it; undefined while a node does not answer. */
async function findingOf(engine: Engine, service: Service): Promise<Draft | undefined> {
  const { target, name } = service;
  if (!hasSides(target)) return serversFound(engine, service, target);
  const found = await findSide(engine, service, sideTarget(service), 'small');
  if (found.kind === 'found') return adoptionDraft(name, found);
  if (found.silent) return undefined;
  return foundDraft(
    service,
    `its nodes were not found alike: ${found.why}. No side is stable until an operator names it: \`/release adopt ${name} blue|green because <reason>\`.`,
  );
}

async function serversFound(
  { deps }: Engine,
  service: Service,
  target: ServersTarget,
): Promise<Draft | undefined> {
  const readings = await readServersFleet(deps.serversRoute(target), target);
  const reached = readings.filter((reading) => reading.kind === 'reached');
  if (reached.length < readings.length) return undefined;
  const words = new Set(reached.map(stateWords));
  const [alike] = words;
  const states =
    words.size === 1 && alike !== undefined
      ? alike
      : reached.map((reading) => `${reading.node}: ${stateWords(reading)}`).join('; ');
  return foundDraft(
    service,
    `found on ${counted(reached.length, 'node')}, backend ${target.backend}: ${states}.`,
  );
}

const namedServers = 10;

/** `3 of 4 servers ready, b4 maint`. */
function stateWords({
  exists,
  servers,
}: Extract<ServersReading, { readonly kind: 'reached' }>): string {
  if (!exists) return 'there is no such backend';
  const others = servers.filter(({ state }) => state !== 'ready');
  const named = others.slice(0, namedServers).map(({ name, state }) => ({ server: name, state }));
  return [
    `${servers.length - others.length} of ${counted(servers.length, 'server')} ready`,
    ...(named.length === 0 ? [] : [settingWords(named)]),
    ...(others.length > named.length ? [`${others.length - named.length} more`] : []),
  ].join(', ');
}

function foundDraft({ name }: Service, sentence: string): Draft {
  return { actor: system('adopt'), service: name, what: { kind: 'found', sentence } };
}
