import express, { type Request, type Response, type Router } from 'express';
import type { Fault } from './faults.ts';
import { appMethods } from './methods/app.ts';
import { chatMethods } from './methods/chat.ts';
import { type Answer, type Args, type Method, refused } from './methods/method.ts';
import { readingMethods } from './methods/reading.ts';
import { parsed } from './sent-json.ts';
import type { SlackWorld } from './slack-world.ts';

/** One Web API call as it came and what it got: an answer, or the fault that was set. */
export interface ApiCall {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** Without the token; `blocks`, `view` and `files` parsed where they were JSON text. */
  readonly args: Args;
  readonly answer?: Answer;
  readonly fault?: Fault;
}

export interface Tokens {
  readonly bot: string;
  readonly app: string;
}

const methods: Readonly<Record<string, Method>> = {
  ...appMethods,
  ...chatMethods,
  ...readingMethods,
};

/** The routes under /api/: forms and JSON in, Slack's answers out, each call noted before its answer leaves. */
export function webApi(world: SlackWorld, tokens: Tokens, note: (call: ApiCall) => void): Router {
  const router = express.Router();
  router.use(express.urlencoded({ extended: false, limit: '4mb' }));
  router.use(express.json({ limit: '4mb' }));
  router.all('/:method', (request, response) => {
    const { method } = request.params;
    const { token: sentToken, ...args } = { ...request.query, ...request.body } as Args;
    const token = bearer(request) ?? (typeof sentToken === 'string' ? sentToken : undefined);
    const call = { at: world.now(), method, args: readable(args) };
    const fault = world.faults.take(method);
    if (fault && !('cut' in fault && fault.cut === 'after')) {
      note({ ...call, fault });
      fail(fault, response);
      return;
    }
    const answer = answerTo(method, args, token, { world, tokens });
    note({ ...call, answer, ...(fault ? { fault } : {}) });
    if (fault) response.socket?.destroy();
    else response.json(answer);
  });
  return router;
}

function answerTo(
  name: string,
  args: Args,
  token: string | undefined,
  { world, tokens }: { readonly world: SlackWorld; readonly tokens: Tokens },
): Answer {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) return { ...refused('unknown_method'), req_method: name };
  if (!token) return refused('not_authed');
  if (token !== tokens.bot && token !== tokens.app) return refused('invalid_auth');
  if (token !== tokens[method.token]) return refused('not_allowed_token_type');
  return method.run(args, world);
}

function fail(fault: Fault, response: Response): void {
  if ('status' in fault) response.status(fault.status).type('text/plain').send('upstream error');
  else if ('error' in fault) response.json(refused(fault.error));
  else if ('retryAfter' in fault) {
    response.status(429).set('retry-after', String(fault.retryAfter)).json(refused('ratelimited'));
  } else if ('cut' in fault) response.socket?.destroy();
  // What is left is `hang`: no answer at all.
}

function bearer(request: Request): string | undefined {
  return /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
}

function readable(args: Args): Args {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const isJson = ['blocks', 'view', 'files', 'metadata'].includes(name);
      return [name, isJson ? (parsed(value) ?? value) : value];
    }),
  );
}
