import { channel } from 'node:diagnostics_channel';
import type { SocketModeReceiver } from '@slack/bolt';
import { ping, WebSocket } from 'undici';
import { Deadline } from '../timing/deadline.ts';

type SlackWebSocket = NonNullable<SocketModeReceiver['client']['websocket']>;

/** How long after a pong the next ping is sent, and how long its pong may take, milliseconds. */
export interface PulseTimes {
  readonly everyMs: number;
  readonly silentMs: number;
}

/** Longer than any connection lives: for the client's own timeouts, which a stall of the event loop spoils. */
export const neverMs = 2_147_483_647;

const usual: PulseTimes = { everyMs: 2_000, silentMs: 5_000 };
const pongs = channel('undici:websocket:pong');

/**
 * Pings an open Socket Mode connection until `signal` aborts, and cuts it when a ping gets no pong. The client's own check
 * compares clocks in a timer: after a stall it closes a connection whose pong has arrived and was only not read yet, and
 * what Slack delivers meanwhile is lost.
 * False: the client's connection is of a kind that cannot be pinged.
 */
export function keepPulse(line: SlackWebSocket, signal: AbortSignal, times = usual): boolean {
  const socket = socketOf(line);
  if (socket === undefined) return false;
  let next: Deadline | undefined;
  const beat = () => {
    next = new Deadline(times.silentMs, () => cut(line));
    if (socket.readyState === WebSocket.OPEN) ping(socket);
  };
  const onPong = (message: unknown) => {
    if (!isOf(socket, message)) return;
    next?.cancel();
    next = new Deadline(times.everyMs, beat);
  };
  pongs.subscribe(onPong);
  signal.addEventListener(
    'abort',
    () => {
      pongs.unsubscribe(onPong);
      next?.cancel();
    },
    { once: true },
  );
  beat();
  return true;
}

/** The first call says goodbye, the second does not wait for the answer: nobody is there to give it. */
function cut(line: SlackWebSocket): void {
  line.disconnect();
  line.disconnect();
}

/** The client does not show its WebSocket. */
function socketOf(line: SlackWebSocket): WebSocket | undefined {
  const { websocket } = line as unknown as { readonly websocket: unknown };
  return websocket instanceof WebSocket ? websocket : undefined;
}

function isOf(socket: WebSocket, message: unknown): boolean {
  return (message as { readonly websocket?: unknown }).websocket === socket;
}
