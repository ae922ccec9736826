import { afterEach } from 'vitest';
import type { LocalSlack } from '../../../demo/slack/local-slack.ts';
import { type LocalSlackOptions, startLocalSlack } from '../../../demo/slack/start-local-slack.ts';

const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Runs after the test, last registered first. */
export function afterwards(end: () => unknown): void {
  endings.push(end);
}

/** A local Slack that is closed after the test. */
export async function aSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const slack = await startLocalSlack(options);
  afterwards(() => slack.close());
  return slack;
}

/** Calls the Web API as a form, as Slack's own client does; `token` null: none. */
export async function call(
  slack: LocalSlack,
  method: string,
  args: Readonly<Record<string, unknown>> = {},
  token: string | null = slack.botToken,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) {
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    body: form,
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') ? JSON.parse(text) : { text },
  };
}
