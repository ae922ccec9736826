import { randomBytes, randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import { Board } from './board.ts';
import { Courier } from './delivery/courier.ts';
import { HttpCarrier } from './delivery/http-carrier.ts';
import { SocketCarrier } from './delivery/socket-carrier.ts';
import { Faults } from './faults.ts';
import { FileCabinet } from './file-cabinet.ts';
import { fileRoutes } from './file-routes.ts';
import { LocalSlack } from './local-slack.ts';
import { Modals } from './modals.ts';
import { pageRoutes } from './page-routes.ts';
import { ResponseUrls } from './response-urls.ts';
import type { SlackWorld } from './slack-world.ts';
import { type ApiCall, webApi } from './web-api.ts';
import { localWorkspace, type Workspace } from './workspace.ts';

export interface LocalSlackOptions {
  /** Absent: a free one. */
  readonly port?: number;
  /** Parts of the workspace that differ from the built-in one. */
  readonly workspace?: Partial<Workspace>;
  /** Where deliveries go as signed HTTP; absent: to the app's sockets. `deliverTo` changes it later. */
  readonly requestUrl?: string;
  /** Slack's three seconds. */
  readonly ackDeadlineMs?: number;
  /** When an event that was not acknowledged is told again; Slack: at once, after a minute, after five. */
  readonly retryDelaysMs?: readonly number[];
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly tokens?: { readonly bot: string; readonly app: string };
  readonly signingSecret?: string;
}

/** Starts a Slack of one's own on the loopback: Web API, deliveries, and the channel page at `url`. */
export async function startLocalSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const now = options.now ?? Date.now;
  const tokens = options.tokens ?? { bot: `xoxb-local-${secret()}`, app: `xapp-local-${secret()}` };
  const signingSecret = options.signingSecret ?? secret();
  const app = express();
  const server = createServer(app);
  await listening(server, options.port ?? 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  let workspace: Workspace = { ...localWorkspace, ...options.workspace };
  let requestUrl = options.requestUrl;
  let paidPlan = true;
  const ackDeadlineMs = options.ackDeadlineMs ?? 3000;
  const board = new Board(now);
  const faults = new Faults({
    onDown: () => socket.disconnect(false),
    onDisconnect: (announce) => socket.disconnect(announce),
  });
  const socket = new SocketCarrier({
    faults: () => faults,
    appId: workspace.app.id,
    ackDeadlineMs,
    onConnection: () => board.tell({ kind: 'app', connected: socket.connected }),
  });
  const http = new HttpCarrier({
    faults: () => faults,
    requestUrl: () => requestUrl,
    signingSecret,
    ackDeadlineMs,
    now,
  });
  const carrier = () => (requestUrl ? http : socket);
  const newId = (prefix: string) => prefix + randomId();
  const world: SlackWorld = {
    get workspace() {
      return workspace;
    },
    get paidPlan() {
      return paidPlan;
    },
    socketUrl: () =>
      requestUrl
        ? undefined
        : `${url.replace('http', 'ws')}/link/?ticket=${socket.issueTicket()}&app_id=${workspace.app.id}`,
    board,
    modals: new Modals(board, now),
    faults,
    courier: new Courier({
      carrier: {
        deliver: (delivery) => carrier().deliver(delivery),
        get connected() {
          return carrier().connected;
        },
        close: () => {
          http.close();
          socket.close();
        },
      },
      faults: () => faults,
      now,
      retryDelaysMs: options.retryDelaysMs ?? [0, 60_000, 300_000],
    }),
    responseUrls: new ResponseUrls({ board, workspace, url: () => url, now, newId }),
    files: new FileCabinet(),
    url,
    now,
    newId,
  };
  const calls: ApiCall[] = [];
  app.disable('x-powered-by');
  app.use(
    '/api',
    webApi(world, tokens, (call) => calls.push(call)),
  );
  app.use(fileRoutes(world));
  const page = pageRoutes(world, { connected: () => carrier().connected });
  app.use(page.router);
  app.use(reportError);
  server.on('upgrade', (request, stream, head) => socket.upgrade(request, stream, head));
  return new LocalSlack(world, {
    tokens,
    signingSecret,
    calls,
    connections: () => socket.connections,
    sendOnSockets: (words) => socket.send(words),
    deliverTo: (to) => {
      requestUrl = to;
      board.tell({ kind: 'app', connected: carrier().connected });
    },
    change: (changes) => {
      workspace = { ...workspace, ...changes };
    },
    setPaidPlan: (paid) => {
      paidPlan = paid;
    },
    close: async () => {
      page.close();
      world.courier.close();
      await closed(server);
    },
  });
}

/** A request that cannot be read, or asks for something that is not there, gets a sentence and no stack. */
function reportError(
  error: Error,
  _request: Request,
  response: Response,
  next: NextFunction,
): void {
  if (response.headersSent) next(error);
  else response.status(400).json({ ok: false, error: 'invalid_request', detail: error.message });
}

function secret(): string {
  return randomBytes(16).toString('hex');
}

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';

function randomId(): string {
  return Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('');
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
