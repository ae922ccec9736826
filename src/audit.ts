import { createWriteStream, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exitCodes } from './cli/exit-codes.ts';
import type { Anchor, Outcome } from './cli/handlers.ts';
import type { Config } from './config/config.ts';
import { systemClock } from './engine/system-clock.ts';
import { backupJournal } from './journal/backup.ts';
import { type ExportFormat, exportFormats, exportJournal } from './journal/export.ts';
import { restoreJournal } from './journal/restore.ts';
import { verifyJournal } from './journal/verify.ts';
import { verifyExport } from './journal/verify-export.ts';
import { announce } from './release/announce.ts';

/** `audit verify`: the database, or with `--export` a JSONL file that was handed out. */
export function auditVerify(
  database: string,
  {
    anchor,
    exported,
    program,
  }: { readonly anchor?: Anchor; readonly exported?: string; readonly program: string },
): Outcome {
  if (exported !== undefined) return verifyFile(exported, anchor);
  if (!isThere(database)) {
    return usage(
      `There is no database ${database} to verify: no bot has run with this configuration yet, or \`database:\` names another place.`,
    );
  }
  const verified = verifyJournal(database, {
    anchors: anchor === undefined ? [] : [anchor],
    rules: { program, announce },
  });
  const findings = verified.kind === 'broken' ? verified.findings.slice(1) : [];
  return {
    exit: verified.kind === 'verified' ? exitCodes.done : exitCodes.auditFailed,
    lines: [verified.sentence, ...findings.map(({ sentence }) => sentence)],
    data: verified,
  };
}

function verifyFile(file: string, anchor: Anchor | undefined): Outcome {
  if (!isThere(file)) {
    return usage(
      `There is no file ${file} to verify. Name an export as \`audit export\` wrote it.`,
    );
  }
  const verified = verifyExport(file);
  const other =
    verified.kind === 'verified' &&
    anchor !== undefined &&
    (verified.head.seq !== anchor.seq || verified.head.hash !== anchor.hash);
  return {
    exit: verified.kind === 'verified' && !other ? exitCodes.done : exitCodes.auditFailed,
    lines: [
      verified.sentence,
      ...(other ? [`Its last row is not the anchor #${anchor.seq} ${anchor.hash}.`] : []),
    ],
    data: { ...verified, ...(anchor === undefined ? {} : { anchorHolds: !other }) },
  };
}

/** `audit export [jsonl|csv] [<file>]`: to the file, which must not be there yet, or to stdout. */
export async function auditExport(
  database: string,
  [format = 'jsonl', file, ...more]: readonly string[],
): Promise<Outcome> {
  if (!isFormat(format) || more.length > 0) {
    return usage(`Expected \`pointsman audit export [jsonl|csv] [<file>]\`, found "${format}".`);
  }
  if (file === undefined) {
    const lines = [...exportJournal(database, format)].map((line) => line.replace(/\r?\n$/, ''));
    return { exit: exitCodes.done, lines, data: lines };
  }
  if (isThere(file)) {
    return refused(
      `Refused: ${file} is there already; an export never writes over a file. Name another one.`,
    );
  }
  const folder = dirname(resolve(file));
  if (!isThere(folder)) {
    return refused(`Refused: there is no folder ${folder} for the export. Create it first.`);
  }
  const lines = Readable.from(exportJournal(database, format));
  try {
    await pipeline(lines, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    if (!isFileError(error)) throw error;
    return refused(`Refused: ${file} could not be written (${error.message}). Name another place.`);
  }
  return said(`The journal stands in ${file} as ${format}.`);
}

function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isFormat(text: string): text is ExportFormat {
  return (exportFormats as readonly string[]).includes(text);
}

/** `audit backup <file>`: a proved copy, while the bot goes on. */
export async function auditBackup(database: string, words: readonly string[]): Promise<Outcome> {
  const [file] = words;
  if (file === undefined || words.length > 1) {
    return usage('Expected `pointsman audit backup <file>`.');
  }
  const result = await backupJournal(database, file);
  return result.kind === 'refused' ? refused(result.sentence) : said(result.sentence);
}

/** `audit restore <file>`: a proved backup takes the database's place; what stood there is put aside. */
export function auditRestore(
  { database, digest }: Pick<Config, 'database' | 'digest'>,
  words: readonly string[],
  anchor: Anchor | undefined,
): Outcome {
  const [file] = words;
  if (file === undefined || words.length > 1) {
    return usage('Expected `pointsman audit restore [--anchor <seq:hash>] <file>`.');
  }
  const clock = systemClock();
  const result = restoreJournal(file, database, {
    now: clock.now().at,
    clock,
    configDigest: digest,
    announce,
    ...(anchor === undefined ? {} : { anchor }),
  });
  return result.kind === 'refused' ? refused(result.sentence) : said(result.sentence);
}

function said(sentence: string): Outcome {
  return { exit: exitCodes.done, lines: [sentence], data: { kind: 'done', sentence } };
}

function refused(sentence: string): Outcome {
  return { exit: exitCodes.refused, lines: [sentence], data: { kind: 'refused', sentence } };
}

function usage(sentence: string): Outcome {
  return { exit: exitCodes.usage, lines: [sentence], data: { kind: 'usage', sentence } };
}
