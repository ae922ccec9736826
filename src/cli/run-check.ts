import { hostWarnings } from '../config/host-warnings.ts';
import type { Loaded } from '../config/load-config.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Common } from './handlers.ts';
import type { Io } from './io.ts';
import { lookOf, plain } from './look.ts';
import { showConfig } from './show-config.ts';

/** `pointsman check`: the configuration's tables, or every problem at once. */
export function runCheck(
  { config: path, json }: Common,
  load: (path: string) => Loaded,
  io: Io,
): ExitCode {
  const loaded = load(path);
  if (loaded.kind === 'broken') {
    if (json) io.out(`${JSON.stringify({ ok: false, problems: loaded.problems }, null, 2)}\n`);
    else io.err(loaded.problems.map((sentence) => `${plain(sentence)}\n`).join(''));
    return exitCodes.usage;
  }
  const { config } = loaded;
  const warnings = hostWarnings(config);
  if (json) io.out(`${JSON.stringify({ ok: true, warnings, config }, withMaps, 2)}\n`);
  else
    io.out(
      [...showConfig(lookOf(io), path, config), ...warnings.map((one) => `Warning: ${plain(one)}`)]
        .map((line) => `${line}\n`)
        .join(''),
    );
  return exitCodes.done;
}

function withMaps(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
