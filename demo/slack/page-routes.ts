import { fileURLToPath } from 'node:url';
import express, { type Request, type Response, type Router } from 'express';
import { slacksOwn } from '../../src/slack/slacks-own.ts';
import type { Change } from './board.ts';
import { Seat } from './seat.ts';
import type { SlackWorld } from './slack-world.ts';

const pageFolder = fileURLToPath(new URL('./page/', import.meta.url));

/** What the page needs: its files, the state of the world, a stream of changes, and the things people do. */
export function pageRoutes(
  world: SlackWorld,
  app: { readonly connected: () => boolean },
): { readonly router: Router; readonly close: () => void } {
  const router = express.Router();
  const streams = new Set<Response>();
  router.use('/page', sameOrigin(world.url), express.json({ limit: '1mb' }));
  router.get('/page/state', (request, response) => {
    response.json(stateFor(seatOf(request.query.as, world), world, app.connected()));
  });
  router.get('/page/events', (request, response) => {
    const { person } = seatOf(request.query.as, world);
    response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    streams.add(response);
    const stop = world.board.onChange((change) => {
      if (response.writableEnded || !concerns(change, person.id)) return;
      response.write(`data: ${JSON.stringify(change)}\n\n`);
    });
    response.write('retry: 1000\n\n');
    response.on('close', () => {
      stop();
      streams.delete(response);
    });
  });
  deeds(router, world);
  router.use(
    express.static(pageFolder, {
      setHeaders: (response) => {
        response.setHeader(
          'content-security-policy',
          "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
        );
        response.setHeader('cache-control', 'no-store');
      },
    }),
  );
  return {
    router,
    close: () => {
      for (const stream of streams) stream.end();
    },
  };
}

function deeds(router: Router, world: SlackWorld): void {
  const doing = (
    path: string,
    deed: (seat: Seat, asked: Record<string, string>) => unknown,
  ): void => {
    router.post(`/page/${path}`, async (request, response) => {
      response.json((await deed(seatOf(request.body.as, world), request.body)) ?? {});
    });
  };
  doing('command', (seat, { channel = '', command = '', text = '' }) => {
    const { commands } = world.workspace;
    if (slacksOwn.has(command) || commands.some((known) => known.command === command)) {
      return seat.command(command, text, { channel });
    }
    seat.hear(`\`${command}\` is not a valid command here.`, { channel });
    return { ack: 'failed', error: 'invalid_command' };
  });
  doing('press', (seat, { channel = '', ts = '', blockId = '', actionId = '' }) => {
    const own = seat.ephemerals.find((message) => message.ts === ts);
    const message = own ?? world.board.find(channel, ts);
    if (!message) return { ack: 'failed', error: 'message_not_found' };
    return seat.press(message, { blockId, actionId });
  });
  doing('say', (seat, { channel = '', text = '', threadTs }) => {
    seat.say(text, threadTs, { channel });
  });
  doing('dismiss', (seat, { ts = '' }) => {
    world.board.dismiss(seat.person.id, ts);
  });
  doing('home', (seat) => seat.openHome());
  router.post('/page/submit', async (request, response) => {
    const { as, id, values } = request.body;
    const seat = seatOf(as, world);
    const modal = seat.modals.find((one) => one.id === id);
    response.json(modal ? await seat.submit(modal, values ?? {}) : { ack: 'acknowledged' });
  });
  doing('close-modal', (seat, { id = '' }) => {
    const modal = seat.modals.find((one) => one.id === id);
    if (modal) seat.dismiss(modal);
  });
}

function stateFor({ person }: Seat, { board, modals, workspace }: SlackWorld, connected: boolean) {
  return {
    you: person.id,
    ...workspace,
    connected,
    messages: workspace.channels.flatMap(({ id }) => board.all(id)),
    ephemerals: board.ephemerals(person.id),
    modals: modals.of(person.id),
    home: board.home(person.id) ?? null,
  };
}

function concerns(change: Change, user: string): boolean {
  if (change.kind === 'ephemeral') return change.ephemeral.to === user;
  if (change.kind === 'ephemeral_removed') return change.to === user;
  return 'user' in change ? change.user === user : true;
}

/** Somebody who is not there gets the first seat. */
function seatOf(name: unknown, world: SlackWorld): Seat {
  const { people } = world.workspace;
  const person = people.find(({ id }) => id === name) ?? people[0];
  if (!person) throw new Error('nobody is in this workspace');
  return new Seat(person, world);
}

/** Another site in the same browser must not type here. */
function sameOrigin(url: string) {
  return (request: Request, response: Response, next: () => void) => {
    const { origin, host } = request.headers;
    const expected = new URL(url).port;
    const known = (address: string) => /^(127\.0\.0\.1|localhost)$/.test(address);
    const from = origin ? new URL(origin) : new URL(`http://${host}`);
    if (known(from.hostname) && from.port === expected) next();
    else response.status(403).send('this page answers only itself');
  };
}
