import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { HTTPReceiver } from '@slack/bolt';
import type { Clock } from '../engine/ports.ts';

/** Where Slack delivers to. */
export const eventsPath = '/slack/events';

const futureS = 300;

/**
 * Answers `POST /slack/events` and nothing else. Bolt refuses what is more than five minutes old; what claims to come
 * from as far in the future is refused here, else it could be kept and used again for longer.
 */
export function signedHttp(
  receiver: Pick<HTTPReceiver, 'requestListener'>,
  clock: Clock,
  isListening: () => boolean,
): RequestListener {
  return (request, response) => {
    if (request.method !== 'POST' || pathOf(request) !== eventsPath) return refuse(response, 404);
    // Slack tries again what a bot that is just coming or going does not take.
    if (!isListening()) return refuse(response, 503);
    const stamp = request.headers['x-slack-request-timestamp'];
    const now = Date.parse(clock.now().at) / 1_000;
    if (!/^\d{1,12}$/.test(String(stamp)) || Number(stamp) - now > futureS) {
      return refuse(response, 401);
    }
    receiver.requestListener(request, response);
  };
}

function pathOf({ url }: IncomingMessage): string {
  return (url ?? '').split('?', 1)[0] ?? '';
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
