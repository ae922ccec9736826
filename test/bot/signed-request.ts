import { type Agent, createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signature } from '../../demo/slack/delivery/http-carrier.ts';

export interface SignedWish {
  readonly url: string;
  readonly secret: string;
  /** Seconds since 1970; now. */
  readonly stamp?: number | string;
  readonly contentType?: string;
  /** Headers that are sent otherwise, undefined: not at all. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly agent?: Agent;
}

/** Posts a body as Slack would sign it, or with the headers somebody else would try. Resolves with the status. */
export function postSigned(body: string, wish: SignedWish): Promise<number> {
  const stamp = String(wish.stamp ?? Math.floor(Date.now() / 1_000));
  const headers = {
    'content-type': wish.contentType ?? 'application/x-www-form-urlencoded',
    'content-length': String(Buffer.byteLength(body)),
    'x-slack-request-timestamp': stamp,
    'x-slack-signature': signature(wish.secret, stamp, body),
    ...wish.headers,
  };
  const sent = Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      wish.url,
      { method: 'POST', headers: sent, ...(wish.agent === undefined ? {} : { agent: wish.agent }) },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}

/** The body of a slash command; `trigger` is what makes two of them one delivery. */
export function slashBody(
  command: string,
  text: string,
  { user = 'U0RITA', trigger = '', responseUrl = '' } = {},
): string {
  return String(
    new URLSearchParams({
      command,
      text,
      user_id: user,
      user_name: 'somebody',
      team_id: 'T0LOCAL',
      channel_id: 'C0RELEASES',
      api_app_id: 'A0POINTSMAN',
      trigger_id: trigger,
      response_url: responseUrl,
    }),
  );
}

/** Where answers to signed requests go: a response_url for each, which says when its answer has come. */
export class Answers {
  /** Every answer, parsed, in the order they came. */
  readonly heard: unknown[] = [];
  readonly #server: Server;
  readonly #waiting = new Map<string, () => void>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += String(chunk);
      });
      request.on('end', () => {
        this.heard.push(JSON.parse(text));
        this.#waiting.get(request.url ?? '')?.();
        response.end('ok');
      });
    });
  }

  static async listen(): Promise<Answers> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Answers(server);
  }

  /** A new response_url, and the promise that it was answered. */
  expectOne(): { readonly url: string; readonly answer: Promise<void> } {
    const path = `/${this.#waiting.size + 1}`;
    const { port } = this.#server.address() as AddressInfo;
    const answer = new Promise<void>((resolve) => this.#waiting.set(path, resolve));
    return { url: `http://127.0.0.1:${port}${path}`, answer };
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
