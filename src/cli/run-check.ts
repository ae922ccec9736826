import type { Config } from '../config/config.ts';
import { configWarnings } from '../config/config-warnings.ts';
import type { NodeCheck } from '../release/node-check.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Common, Handlers } from './handlers.ts';
import type { Io } from './io.ts';
import { type Look, lookOf, plain } from './look.ts';
import { showConfig } from './show-config.ts';
import { showNodes } from './show-nodes.ts';

export interface CheckOptions extends Common {
  readonly nodes: boolean;
}

/** `pointsman check`: the configuration's tables, or every problem at once; with `--nodes` what the nodes have of it. */
export async function runCheck(
  { config: path, json, nodes: looks }: CheckOptions,
  { load, lookAtNodes }: Pick<Handlers, 'load' | 'lookAtNodes'>,
  io: Io,
): Promise<ExitCode> {
  const loaded = load(path);
  if (loaded.kind === 'broken') return showProblems(loaded.problems, json, io);
  const { config } = loaded;
  const nodes = looks ? await lookAtNodes(config) : undefined;
  const ok = (nodes ?? []).every(({ problems }) => problems.length === 0);
  if (json) writeJson(io, { ok, warnings: configWarnings(config), nodes, config });
  else writeLines(io.out, inOrder(lookOf(io), path, config, nodes));
  return ok ? exitCodes.done : exitCodes.needsAttention;
}

function showProblems(problems: readonly string[], json: boolean, io: Io): ExitCode {
  if (json) writeJson(io, { ok: false, problems });
  else writeLines(io.err, problems.map(plain));
  return exitCodes.usage;
}

function inOrder(
  look: Look,
  path: string,
  config: Config,
  nodes: readonly NodeCheck[] | undefined,
): readonly string[] {
  return [
    ...showConfig(look, path, config),
    ...warningsOf(config),
    ...(nodes === undefined ? [] : ['', ...showNodes(look, nodes)]),
  ];
}

function warningsOf(config: Config): readonly string[] {
  return configWarnings(config).map((one) => `Warning: ${plain(one)}`);
}

function writeJson(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value, withMaps, 2)}\n`);
}

function writeLines(out: Io['out'], lines: readonly string[]): void {
  out(lines.map((line) => `${line}\n`).join(''));
}

function withMaps(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
