import { readFile } from 'node:fs/promises';
import type { OwnGate } from '../../../../release/reading.ts';
import type { BackendName } from '../../../../release/vocabulary.ts';
import { optionsOf } from '../../../config-file/options-of.ts';
import type { HealthNodeTarget } from './by-health-target.ts';

const gate = 'sessions survive a 404';
const remedy =
  'add `option persist` and `option redispatch`, or `http-check disable-on-404`, to it and reload';

/** Whether a backend keeps the users of a server whose application is off, by the node's haproxy.cfg. Never rejects. */
export async function persistenceGate(
  { configFile }: HealthNodeTarget,
  backend: BackendName,
): Promise<OwnGate> {
  if (configFile === undefined) {
    const sentence = `nobody can tell whether backend ${backend} keeps its sessions: write config_file on the node`;
    return { gate, holds: false, sentence };
  }
  try {
    return judged(await readFile(new URL(configFile), 'latin1'), backend);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { gate, holds: false, sentence: `its haproxy.cfg cannot be read: ${why}` };
  }
}

function judged(text: string, backend: BackendName): OwnGate {
  const found = optionsOf(text, backend);
  if (found.kind === 'unknown') {
    const sentence = `nobody can tell from its haproxy.cfg whether backend ${backend} keeps its sessions: ${found.why}`;
    return { gate, holds: false, sentence };
  }
  const { options, disableOn404 } = found;
  if (disableOn404) {
    return { gate, holds: true, sentence: `backend ${backend} has http-check disable-on-404` };
  }
  if (options.has('persist') && options.has('redispatch')) {
    const sentence = `backend ${backend} has option persist and option redispatch`;
    return { gate, holds: true, sentence };
  }
  const sentence = `backend ${backend} would lose every session of an application that is switched off; ${remedy}`;
  return { gate, holds: false, sentence };
}
