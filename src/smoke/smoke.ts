import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { pin, type Resolve, systemResolver } from '../address/pinned-address.ts';
import type { Smoke, SmokeResult } from '../engine/ports.ts';
import type { SmokeCheck } from '../release/plan.ts';
import type { NodeTarget } from '../release/target.ts';
import { Deadline } from '../timing/deadline.ts';
import { judgeAnswer, proofWords } from './judge-answer.ts';
import { type Answer, type NoAnswer, type SmokeRequest, sendRequest } from './send-request.ts';

export interface SmokeDeps {
  /** Monotonic milliseconds. */
  readonly nowMs?: () => number;
  /** Name to address, once per request; the system's resolver where none is given. */
  readonly resolve?: Resolve;
  /** For everything: name, connection, TLS, head and body. */
  readonly deadlineMs?: number;
}

const usualDeadlineMs = 5000;

/**
 * Sends smoke requests as they are: to the node's own frontend and nowhere else, one connection each,
 * no redirects, 64 KB at most, all within one deadline.
 */
export function createSmoke(deps: SmokeDeps): Smoke {
  const nowMs = deps.nowMs ?? (() => performance.now());
  const deadlineMs = deps.deadlineMs ?? usualDeadlineMs;
  return async (check, node, stop) => {
    const started = nowMs();
    const limit = new AbortController();
    const late = new Error(`no whole answer within ${deadlineMs} ms`);
    const deadline = new Deadline(deadlineMs, () => limit.abort(late));
    const signal = stop === undefined ? limit.signal : AbortSignal.any([limit.signal, stop]);
    try {
      const answer = await ask(check, node, deps.resolve ?? systemResolver, signal);
      return resultOf(answer, check, node, Math.round(nowMs() - started));
    } finally {
      deadline.cancel();
    }
  };
}

/** The check as it runs: the system's resolver and the usual deadline. */
export const smoke: Smoke = createSmoke({});

async function ask(
  check: SmokeCheck,
  node: NodeTarget,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<Answer | NoAnswer> {
  try {
    const request = await orAborted(requestOf(check, node, resolve), signal);
    return 'kind' in request ? request : await sendRequest(request, signal);
  } catch (error) {
    return { kind: 'no_answer', why: error instanceof Error ? error.message : String(error) };
  }
}

async function requestOf(
  check: SmokeCheck,
  node: NodeTarget,
  resolve: Resolve,
): Promise<SmokeRequest | NoAnswer> {
  const url = new URL(node.frontend);
  const to = await pin(url.hostname, resolve);
  if (typeof to === 'string') return { kind: 'no_answer', why: to };
  const secure = url.protocol === 'https:';
  const { ca } = check.tls ?? {};
  const servername = check.tls?.servername ?? url.hostname;
  return {
    secure,
    to,
    port: Number(url.port || (secure ? 443 : 80)),
    path: check.path,
    headers: headersOf(check, url.host),
    // An address has no name to ask for; it is proven as it is.
    ...(isIP(servername.replace(/^\[|\]$/g, '')) === 0 ? { servername } : {}),
    ...(secure && ca !== undefined ? { ca: await readFile(ca, 'utf8') } : {}),
  };
}

function headersOf(check: SmokeCheck, host: string): Record<string, string> {
  const own = Object.fromEntries(
    Object.entries(check.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    host,
    'user-agent': 'pointsman-smoke',
    accept: '*/*',
    ...own,
    'accept-encoding': 'identity',
    connection: 'close',
  };
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function resultOf(
  answer: Answer | NoAnswer,
  check: SmokeCheck,
  { node, frontend }: NodeTarget,
  ms: number,
): SmokeResult {
  const asked = `${node}: GET ${check.path}`;
  if (answer.kind === 'no_answer') {
    const expected = proofWords(check.expect);
    const sentence = `${asked} at ${frontend}: expected ${expected}, got no answer: ${answer.why}.`;
    return { kind: 'error', sentence };
  }
  const difference = judgeAnswer(answer, check.expect);
  return difference === undefined
    ? { kind: 'passed', ms, sentence: `${asked} answered ${proofWords(check.expect)} in ${ms} ms.` }
    : { kind: 'failed', sentence: `${asked}: ${difference}.` };
}
