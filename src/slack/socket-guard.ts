import type { SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { type DeliveryKind, isFields, shapeOf } from './delivery.ts';

type SocketModeClient = SocketModeReceiver['client'];

export interface SocketGuardDeps {
  readonly client: SocketModeClient;
  readonly log: Logger;
  /** The app's own id, once it is known. */
  readonly app: () => string | undefined;
  readonly onRefused: (peer: string, why: string) => void;
}

type Listener = (...heard: unknown[]) => unknown;

const deliveries: ReadonlySet<string> = new Set<DeliveryKind>([
  'slash_commands',
  'interactive',
  'events_api',
]);

/**
 * Stands between the WebSocket and its client: a message passes only when it is one that Slack sends. The client takes
 * every field for granted, and nobody awaits what it does, so that one odd message would end the process.
 */
export function guardSocket({ client, log, app, onRefused }: SocketGuardDeps): void {
  const listeners = client.listeners('ws_message') as Listener[];
  client.removeAllListeners('ws_message');
  client.on('ws_message', (data: unknown, isBinary: unknown) => {
    const why = refusalOf(data, app()) ?? foreignName(client, data);
    if (why !== undefined) {
      onRefused('the Socket Mode connection', why);
      return;
    }
    for (const listener of listeners) {
      Promise.resolve()
        .then(() => listener(data, isBinary))
        .catch((error: unknown) => log.error({ err: error }, 'a delivery could not be worked on'));
    }
  });
}

function refusalOf(data: unknown, app: string | undefined): string | undefined {
  const envelope = parsed(data);
  if (!isFields(envelope)) return 'no envelope';
  const { type, payload, envelope_id: id } = envelope;
  if (type === 'hello' || type === 'disconnect') return undefined;
  if (typeof type !== 'string' || !deliveries.has(type)) return 'no envelope';
  if (typeof id !== 'string') return 'no envelope';
  const shape = shapeOf(type as DeliveryKind, payload, app);
  return shape.kind === 'refused' ? shape.why : undefined;
}

/** The client tells of an event by its type, and of itself by the same means: an event must not be named like that. */
function foreignName(client: SocketModeClient, data: unknown): string | undefined {
  const { payload } = parsed(data) as {
    readonly payload?: { readonly event?: { type?: unknown } };
  };
  const type = payload?.event?.type;
  return typeof type === 'string' && client.listenerCount(type) > 0 ? 'no event' : undefined;
}

function parsed(data: unknown): unknown {
  try {
    return JSON.parse(typeof data === 'string' ? data : new TextDecoder().decode(data as Buffer));
  } catch {
    return undefined;
  }
}
