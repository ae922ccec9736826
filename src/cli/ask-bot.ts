import { request } from 'node:http';
import type { Reply } from '../commands/command.ts';
import type { Release } from '../release/release.ts';
import { Deadline } from '../timing/deadline.ts';
import type { Asking } from './bot-socket.ts';

/** How asking the running bot ended. */
export type BotAnswer =
  | { readonly kind: 'answered'; readonly reply: Reply }
  /** Nobody listens there: no bot runs on this database. */
  | { readonly kind: 'absent' }
  /** It gave no sign of life, and will not carry it out should it wake up later. */
  | { readonly kind: 'silent' }
  /** It took it, and was gone or silent before it answered: what became of it is not known. */
  | { readonly kind: 'lost' };

/** One release as the running bot has it. */
export type BotRelease =
  | { readonly kind: 'release'; readonly release: Release }
  /** It runs and knows no such release. */
  | { readonly kind: 'none' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'silent' };

/** How long the bot may say nothing at all, milliseconds; at work it gives a sign of life every second or two. */
export const silenceMs = 10_000;

/** Asks the bot that owns the database, over `<database>.sock`. Rejects where it answers something else. */
export async function askBot(
  path: string,
  asking: Asking,
  patienceMs = silenceMs,
): Promise<BotAnswer> {
  const heard = await call({ path, method: 'POST', page: '/ask', patienceMs }, asking);
  if (heard.kind === 'cut') return { kind: 'lost' };
  if (heard.kind !== 'heard') return heard;
  return { kind: 'answered', reply: JSON.parse(heard.text) as Reply };
}

/** Asks the running bot for one release. */
export async function releaseOfBot(
  path: string,
  id: string,
  patienceMs = silenceMs,
): Promise<BotRelease> {
  const heard = await call({ path, method: 'GET', page: `/release/${id}`, patienceMs });
  if (heard.kind === 'cut') return { kind: 'absent' };
  if (heard.kind !== 'heard') return heard;
  const { release } = JSON.parse(heard.text) as { release: Release | null };
  return release === null ? { kind: 'none' } : { kind: 'release', release };
}

interface Call {
  readonly path: string;
  readonly method: string;
  readonly page: string;
  readonly patienceMs: number;
}

type Heard =
  | { readonly kind: 'heard'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'silent' }
  /** The connection ended, or went silent, after it was taken. */
  | { readonly kind: 'cut' };

function call({ path, method, page, patienceMs }: Call, body?: unknown): Promise<Heard> {
  return new Promise((resolve, reject) => {
    let taken = false;
    const sent = request({ socketPath: path, method, path: page, agent: false }, (response) => {
      taken = true;
      const parts: Buffer[] = [];
      heardSomething();
      response.on('data', (part: Buffer) => {
        heardSomething();
        parts.push(part);
      });
      response.on('end', () => {
        quiet.cancel();
        const text = Buffer.concat(parts).toString('utf8');
        if (response.statusCode === 200) resolve({ kind: 'heard', text });
        else reject(new Error(`The running bot did not take it: ${text}`));
      });
      response.on('error', () => end({ kind: 'cut' }));
    });
    const end = (heard: Heard): void => {
      quiet.cancel();
      resolve(heard);
      sent.destroy();
    };
    const listen = () => new Deadline(patienceMs, () => end({ kind: taken ? 'cut' : 'silent' }));
    let quiet = listen();
    const heardSomething = (): void => {
      quiet.cancel();
      quiet = listen();
    };
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const ended = endOf(error, taken);
      if (ended !== undefined) return end(ended);
      quiet.cancel();
      reject(
        new Error(`The running bot could not be asked at ${path}: ${whyNotAsked(error)}.`, {
          cause: error,
        }),
      );
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function whyNotAsked({ code, message }: NodeJS.ErrnoException): string {
  return code === 'EACCES' || code === 'EPERM'
    ? "permission denied. It listens to its own user alone: run this as the bot's user"
    : message;
}

/** What an error of the connection says about who is at its other end. */
function endOf({ code }: NodeJS.ErrnoException, taken: boolean): Heard | undefined {
  if (code === 'ENOENT' || code === 'ECONNREFUSED') return { kind: 'absent' };
  // As many callers wait as the kernel keeps: nobody takes them.
  if (code === 'EAGAIN' && !taken) return { kind: 'silent' };
  return code === 'ECONNRESET' || code === 'EPIPE' ? { kind: 'cut' } : undefined;
}
