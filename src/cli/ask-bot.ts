import { request } from 'node:http';
import type { Reply } from '../commands/command.ts';
import type { Release } from '../release/release.ts';
import type { Asking } from './bot-socket.ts';

/** How asking the running bot ended. */
export type BotAnswer =
  | { readonly kind: 'answered'; readonly reply: Reply }
  /** Nobody listens there: no bot runs on this database. */
  | { readonly kind: 'absent' };

/** Asks the bot that owns the database, over `<database>.sock`. Rejects where it answers something else. */
export async function askBot(path: string, asking: Asking): Promise<BotAnswer> {
  const body = await call(path, 'POST', '/ask', JSON.stringify(asking));
  return body === undefined
    ? { kind: 'absent' }
    : { kind: 'answered', reply: JSON.parse(body) as Reply };
}

/** One release as the running bot has it; undefined where there is none, or no bot. */
export async function releaseOfBot(path: string, id: string): Promise<Release | undefined> {
  const body = await call(path, 'GET', `/release/${id}`);
  if (body === undefined) return undefined;
  return (JSON.parse(body) as { release: Release | null }).release ?? undefined;
}

function call(
  socketPath: string,
  method: string,
  path: string,
  body?: string,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`The running bot did not take it: ${text}`));
      });
      response.on('error', reject);
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else
        reject(new Error(`The running bot could not be asked at ${socketPath}`, { cause: error }));
    });
    sent.end(body);
  });
}
