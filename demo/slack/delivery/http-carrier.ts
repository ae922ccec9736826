import { createHmac } from 'node:crypto';
import type { Faults } from '../faults.ts';
import type { Carrier, Delivery, Outcome } from './delivery.ts';

/** Slack's request signature, version 0: HMAC-SHA256 over `v0:<timestamp>:<body>`. */
export function signature(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

/** Signed HTTP: each delivery is a POST to the app's request URL; a 2xx answer acknowledges it. */
export class HttpCarrier implements Carrier {
  readonly #closing = new AbortController();
  readonly #deps: {
    readonly faults: () => Faults;
    readonly requestUrl: () => string | undefined;
    readonly signingSecret: string;
    readonly ackDeadlineMs: number;
    readonly now: () => number;
  };

  constructor(deps: {
    readonly faults: () => Faults;
    readonly requestUrl: () => string | undefined;
    readonly signingSecret: string;
    readonly ackDeadlineMs: number;
    readonly now: () => number;
  }) {
    this.#deps = deps;
  }

  get connected(): boolean {
    return this.#deps.requestUrl() !== undefined;
  }

  deliver(delivery: Delivery): Promise<Outcome> {
    const { times } = this.#deps.faults().copies;
    return Promise.race(Array.from({ length: times }, () => this.#post(delivery)));
  }

  close(): void {
    this.#closing.abort();
  }

  async #post(delivery: Delivery): Promise<Outcome> {
    const url = this.#deps.requestUrl();
    if (!url) return { kind: 'failed', why: 'no request URL is configured' };
    const { contentType, body } = encoded(delivery);
    const timestamp = String(Math.floor(this.#deps.now() / 1000));
    const deadline = AbortSignal.timeout(this.#deps.ackDeadlineMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': contentType,
          'user-agent': 'Slackbot 1.0 (local)',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': signature(this.#deps.signingSecret, timestamp, body),
          ...(delivery.retry
            ? {
                'x-slack-retry-num': String(delivery.retry.number),
                'x-slack-retry-reason': delivery.retry.reason,
              }
            : {}),
        },
        body,
        signal: AbortSignal.any([deadline, this.#closing.signal]),
      });
      return await answered(response);
    } catch (error) {
      if (deadline.aborted) return { kind: 'timed_out' };
      return { kind: 'failed', why: `POST ${url} did not arrive: ${String(error)}` };
    }
  }
}

function encoded(delivery: Delivery): { contentType: string; body: string } {
  const form = 'application/x-www-form-urlencoded';
  switch (delivery.type) {
    case 'slash_commands': {
      const fields = new URLSearchParams();
      for (const [name, value] of Object.entries(delivery.payload)) fields.set(name, String(value));
      return { contentType: form, body: String(fields) };
    }
    case 'interactive': {
      const payload = JSON.stringify(delivery.payload);
      return { contentType: form, body: String(new URLSearchParams({ payload })) };
    }
    case 'events_api':
      return { contentType: 'application/json', body: JSON.stringify(delivery.payload) };
    default:
      throw new Error(`no such delivery: ${JSON.stringify(delivery.type satisfies never)}`);
  }
}

async function answered(response: Response): Promise<Outcome> {
  const text = await response.text();
  if (!response.ok) return { kind: 'failed', why: `the app answered HTTP ${response.status}` };
  if (text === '') return { kind: 'acknowledged' };
  const json = response.headers.get('content-type')?.includes('json') ?? false;
  return { kind: 'acknowledged', payload: json ? JSON.parse(text) : { text } };
}
