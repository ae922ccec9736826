import { realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Side } from '../../../release/vocabulary.ts';
import { checkConfig } from '../../config-file/check-config.ts';
import { type ConfigOnDisk, readConfig } from '../../config-file/config-on-disk.ts';
import { findTrafficLine, withBackend } from '../../config-file/traffic-line.ts';
import { FileFailed, systemWords } from '../../errors.ts';
import { clearLeftovers, type StagedFile, stageFile } from '../../replace-file.ts';
import { type ConfigNode, lineName, lineWords } from './config-node.ts';

/** A checked configuration on disk, beside the one whose place it may take. */
export interface StagedSwitch {
  /** haproxy.cfg; links followed. */
  readonly path: string;
  /** The texts of before and after the switch, latin1. */
  readonly before: string;
  readonly after: string;
  readonly file: StagedFile;
}

/**
 * Writes the configuration with the side in its line to a temporary file beside it and has it checked there.
 * Rejects with FileFailed, in HAProxy's words where its check refuses it; then nothing is left.
 */
export async function stageSwitch(node: ConfigNode, to: Side): Promise<StagedSwitch> {
  const { at, target, options } = node;
  const refuse = (why: string, cause?: unknown): never => {
    throw new FileFailed(
      fileURLToPath(at.configFile),
      `of ${at.node} was left as it is: ${why}.`,
      cause,
    );
  };
  const { path, text } = await readMended(at.configFile).catch((error: unknown) =>
    refuse(systemWords(error), error),
  );
  const line = findTrafficLine(text, lineName(target));
  if (line.kind === 'unclear') return refuse(line.why);
  const after = withBackend(text, line, target.sides[to]);
  const file = await stageFile(
    { path, before: latin1(text), after: latin1(after), write: at.fileWrite ?? 'replace' },
    options.failpoint ?? (() => {}),
  ).catch((error: unknown) => refuse(systemWords(error), error));
  const check = await checkConfig(at.check, file.temporary);
  if (check.kind === 'valid') return { path, before: text, after, file };
  await file.discard();
  // The temporary file has a name that nobody will find any more.
  const why = check.why.replaceAll(file.temporary, path);
  return refuse(`with ${lineWords(target)} on ${target.sides[to]} its check says: ${why}`);
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** What a crash left half written is whole again before it is read. */
async function readMended(file: string): Promise<ConfigOnDisk> {
  await clearLeftovers(await realpath(fileURLToPath(file)));
  return readConfig(file);
}
