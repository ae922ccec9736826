import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Side } from '../../src/release/vocabulary.ts';

const restMs = 60;
const timeoutMs = 10_000;

/** Someone who keeps the cookies that come with the answers, and comes back again and again. */
export interface User {
  /** Which side answered last; undefined before the first answer. */
  readonly side: Side | undefined;
  readonly requests: number;
  /** How often the next answer came from the other side. */
  readonly moves: number;
  readonly failures: readonly string[];
  /** Comes no more. */
  leave(): Promise<void>;
}

/** So many users of each node, who begin to come now. */
export function startUsers(options: {
  readonly nodes: readonly { readonly frontend: string }[];
  readonly host: string;
  readonly perNode: number;
}): readonly User[] {
  return options.nodes.flatMap(({ frontend }) =>
    Array.from({ length: options.perNode }, () => startUser(`${frontend}/release`, options.host)),
  );
}

function startUser(url: string, host: string): User {
  const cookies = new Map<string, string>();
  const state = { side: undefined as Side | undefined, requests: 0, moves: 0, gone: false };
  const failures: string[] = [];
  const come = async () => {
    while (!state.gone) {
      try {
        const side = await visit(url, host, cookies);
        state.requests += 1;
        if (state.side !== undefined && state.side !== side) state.moves += 1;
        state.side = side;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      await pause(restMs);
    }
  };
  const coming = come();
  return {
    get side() {
      return state.side;
    },
    get requests() {
      return state.requests;
    },
    get moves() {
      return state.moves;
    },
    failures,
    leave: async () => {
      state.gone = true;
      await coming;
    },
  };
}

/** One request with what is in the jar; the side that answered. Rejects where the answer is not whole or no 200. */
function visit(url: string, host: string, jar: Map<string, string>): Promise<Side> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { host, connection: 'close', ...(cookie === '' ? {} : { cookie }) };
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: false, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.once('error', reject);
      response.once('end', () => {
        const side = /^version=(blue|green) /.exec(body)?.[1] as Side | undefined;
        if (response.statusCode !== 200 || side === undefined) {
          reject(new Error(`status ${response.statusCode}, "${body.slice(0, 60).trim()}"`));
          return;
        }
        for (const line of response.headers['set-cookie'] ?? []) keep(jar, line);
        resolve(side);
      });
    });
    asked.setTimeout(timeoutMs, () => asked.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    asked.once('error', reject);
  });
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
  if (name !== undefined && value !== undefined) jar.set(name, value);
}
