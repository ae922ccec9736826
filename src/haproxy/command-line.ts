import { whyNoMapKey } from '../release/map-key.ts';
import type { ServerState } from '../release/vocabulary.ts';
import { UnsafeArgument } from './errors.ts';

declare const checked: unique symbol;
/** One line for the Runtime API, without its line feed. Only the builders of this file make one. */
export type CommandLine = string & { readonly [checked]: 'asks' | 'writes' };
/** A line that changes nothing. Every other one is an effect, and is sent through a release's gate only. */
export type Question = string & { readonly [checked]: 'asks' };

/** HAProxy's buffer takes 16 KiB; a longer line hangs 2.6 and makes 3.x talk without end. */
export const longestLine = 8 * 1024;

// `;` and a line feed begin another command, a blank ends a value, `<<` begins a payload, `#` and `@` address
// references and versions: none of them may come from outside.
const wordPattern = /^[A-Za-z0-9_.:-]+$/;
const pathPattern = /^[A-Za-z0-9_./:@-]+$/;
/** Of entries that are other people's: what can be escaped, and read back for what it was. */
const printable = /^[!-~]{1,1500}$/;

/** A value, a backend's or server's name. Throws UnsafeArgument. */
function word(what: string, value: string): string {
  return safe(what, value, wordPattern);
}

/** A map's key, which may hold what would be misread: it goes over the wire escaped. Throws UnsafeArgument. */
function mapKey(value: string): string {
  if (whyNoMapKey(value) !== undefined) refuse('key', value);
  return escaped(value);
}

/**
 * HAProxy takes a backslash and any character as that character (2.6 to 3.4): so nothing in a word ends it, ends the
 * command, or begins a payload. What needs no care stays as it is, so that lines can be read.
 */
function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9_.:/@-]/g, '\\$&');
}

/** A map's path. A leading `@` would be read as a version. Throws UnsafeArgument. */
function path(value: string): string {
  if (value.startsWith('@')) refuse('map', value);
  return safe('map', value, pathPattern);
}

function safe(what: string, value: string, pattern: RegExp): string {
  if (!pattern.test(value)) refuse(what, value);
  return value;
}

function refuse(what: string, value: string): never {
  throw new UnsafeArgument(
    `The ${what} ${JSON.stringify(value.slice(0, 80))} was not sent to HAProxy: it holds characters that its command line could misread.`,
  );
}

function line(...parts: readonly string[]): CommandLine {
  const text = parts.join(' ');
  if (Buffer.byteLength(text) > longestLine) {
    throw new UnsafeArgument(
      `A command of ${text.length} bytes was not sent to HAProxy: at most ${longestLine} are safe. It begins with "${text.slice(0, 60)}".`,
    );
  }
  return text as CommandLine;
}

function question(...parts: readonly string[]): Question {
  return line(...parts) as string as Question;
}

/** True where a map entry can be written to the Runtime API exactly as it is. */
export function canBeSent(key: string, value: string): boolean {
  return printable.test(key) && printable.test(value);
}

/** One command for one worker, through the master's socket. The prefix covers this command only. */
export function atWorker(pid: number, command: Question): Question;
export function atWorker(pid: number, command: CommandLine): CommandLine;
export function atWorker(pid: number, command: CommandLine): CommandLine {
  if (!Number.isSafeInteger(pid) || pid < 1) refuse('worker', String(pid));
  return line(`@!${pid}`, command);
}

/** Several commands on one line: HAProxy carries them out in order and puts the replies one behind the other. */
export function inOneLine(...commands: readonly Question[]): Question;
export function inOneLine(...commands: readonly CommandLine[]): CommandLine;
export function inOneLine(...commands: readonly CommandLine[]): CommandLine {
  return line(commands.join(';'));
}

export const showInfo = (): Question => question('show info');
export const showCliLevel = (): Question => question('show cli level');
export const showBackend = (): Question => question('show backend');
export const showSess = (): Question => question('show sess');
/** For the master's socket: the processes it knows. */
export const showProc = (): Question => question('show proc');
/** For the master's socket: a new worker with the configuration as it stands on disk. */
export const reload = (): CommandLine => line('reload');
/** For the master's socket, which otherwise stays open behind the last reply. */
export const quit = (): Question => question('quit');
export const showMap = (map: string): Question => question('show map', path(map));
/** The maps that are loaded, each with its number. */
export const showMaps = (): Question => question('show map');

/** A map by the number that `showMaps` gives it, whatever its path holds. */
export function showMapNumber(id: number): Question {
  if (!Number.isSafeInteger(id) || id < 0) refuse('map number', String(id));
  return question(`show map #${id}`);
}

export function getMap(map: string, key: string): Question {
  return question('get map', path(map), mapKey(key));
}

export function setMap(map: string, key: string, value: string): CommandLine {
  return line('set map', path(map), mapKey(key), word('value', value));
}

/** For a key that the map does not have: `set map` makes none. */
export function addMap(map: string, key: string, value: string): CommandLine {
  return line('add map', path(map), mapKey(key), word('value', value));
}

export function prepareMap(map: string): CommandLine {
  return line('prepare map', path(map));
}

/** Adds to a prepared version. Other people's entries may hold all that is printable, without blanks. */
export function addToVersion(map: string, at: number, key: string, value: string): CommandLine {
  return line(
    'add map',
    version(at),
    path(map),
    escaped(safe('key', key, printable)),
    escaped(safe('value', value, printable)),
  );
}

export function commitMap(map: string, at: number): CommandLine {
  return line('commit map', version(at), path(map));
}

/** The backend's own row and its servers' rows. */
export function showStat(backend: string): Question {
  return question('show stat', word('backend', backend), '-1', '-1');
}

export function showServersConn(backend: string): Question {
  return question('show servers conn', word('backend', backend));
}

/** Without a backend: of all of them. */
export function showServersState(backend?: string): Question {
  return backend === undefined
    ? question('show servers state')
    : question('show servers state', word('backend', backend));
}

export function setServerState(backend: string, server: string, state: ServerState): CommandLine {
  return line('set server', serverPath(backend, server), 'state', word('state', state));
}

export function shutdownSessionsServer(backend: string, server: string): CommandLine {
  return line('shutdown sessions server', serverPath(backend, server));
}

/** One stream, by the id that `show sess` gives it. */
export function shutdownSession(id: string): CommandLine {
  return line('shutdown session', safe('session', id, /^0x[0-9a-f]+$/));
}

function serverPath(backend: string, server: string): string {
  return `${word('backend', backend)}/${word('server', server)}`;
}

function version(at: number): string {
  if (!Number.isSafeInteger(at) || at < 0) refuse('map version', String(at));
  return `@${at}`;
}
