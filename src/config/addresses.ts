import { isIP, isIPv4 } from 'node:net';
import { isForbiddenAddress } from '../address/forbidden-address.ts';

/** What was read, or what was expected instead, with a hint on what to do. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'expected'; readonly what: string; readonly hint?: string };

const pathPattern = /^\/[A-Za-z0-9_./:-]{1,1000}$/;
/** Linux' sun_path holds 108 bytes with its end mark. */
const longestSocketPath = 107;
const laterRuntimes = ['tls', 'ssh'];
const laterFiles = ['sftp', 'ssh', 'scp'];

/** Reads a Runtime API address, `unix:///path` or `tcp://host:port`, into its one normal form. */
export function readRuntime(text: string): Reading<string> {
  const what = 'unix:///path/of/the/socket or tcp://host:port';
  const scheme = schemeOf(text);
  if (laterRuntimes.includes(scheme)) return { kind: 'expected', what, hint: later(scheme) };
  if (scheme === 'unix') return readSocket(text, what);
  const host = scheme === 'tcp' ? readHostPort(text.slice('tcp://'.length)) : undefined;
  return host === undefined
    ? { kind: 'expected', what }
    : { kind: 'read', value: `tcp://${host.host}:${host.port}` };
}

export const forbiddenHint = 'link-local addresses are refused';

/** Reads where smoke requests enter a node, `http://host:port` or `https://host:port`. */
export function readFrontend(text: string): Reading<string> {
  const what = "http://host:port or https://host:port, the node's own frontend, without a path";
  const match = /^(https?):\/\/([^/]+)\/?$/.exec(text);
  const [, scheme = '', authority = ''] = match ?? [];
  const standard = scheme === 'https' ? ':443' : ':80';
  const host = readHostPort(/:\d+$/.test(authority) ? authority : authority + standard);
  if (host === undefined) return { kind: 'expected', what };
  if (isForbiddenAddress(host.host)) return { kind: 'expected', what, hint: forbiddenHint };
  return { kind: 'read', value: `${scheme}://${host.host}:${host.port}` };
}

/** Reads a file's address, `file:///path`. */
export function readFileAddress(text: string): Reading<string> {
  const what = 'file:///path, of letters, digits and _ . / : -';
  const scheme = schemeOf(text);
  if (laterFiles.includes(scheme)) return { kind: 'expected', what, hint: later(scheme) };
  const path = scheme === 'file' ? normalPath(text.slice('file://'.length)) : undefined;
  return path === undefined || path.endsWith('/')
    ? { kind: 'expected', what }
    : { kind: 'read', value: `file://${path}` };
}

/** True where a `tcp://host:port` address does not leave this machine. */
export function isLoopback(runtime: string): boolean {
  const host = readHostPort(runtime.replace(/^tcp:\/\//, ''))?.host;
  if (host === undefined) return false;
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

function readSocket(text: string, what: string): Reading<string> {
  const path = normalPath(text.slice('unix://'.length));
  if (path === undefined || path.endsWith('/')) return { kind: 'expected', what };
  if (path.length > longestSocketPath) {
    return {
      kind: 'expected',
      what,
      hint: `a socket's path has at most ${longestSocketPath} bytes`,
    };
  }
  return { kind: 'read', value: `unix://${path}` };
}

function readHostPort(text: string): { host: string; port: number } | undefined {
  const match = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]{0,252}):(\d{1,5})$/.exec(text);
  const [, host = '', digits = ''] = match ?? [];
  const port = Number(digits);
  if (match === null || port < 1 || port > 65_535) return undefined;
  if (host.startsWith('[') && isIP(host.slice(1, -1)) !== 6) return undefined;
  return { host: host.toLowerCase(), port };
}

function normalPath(path: string): string | undefined {
  if (!pathPattern.test(path) || path.split('/').includes('..')) return undefined;
  return path.replace(/\/(\.?\/)+/g, '/');
}

function schemeOf(text: string): string {
  return /^([a-z][a-z0-9+.-]*):\/\//.exec(text)?.[1] ?? '';
}

function later(scheme: string): string {
  return `${scheme}:// is not built yet`;
}
