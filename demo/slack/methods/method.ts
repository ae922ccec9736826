import type { Refusal } from '../message-body.ts';
import type { SlackWorld } from '../slack-world.ts';

export type Args = Readonly<Record<string, unknown>>;

export type Answer = { readonly ok: true; readonly [field: string]: unknown } | Refusal;

/** One Web API method: what it needs and what it does. */
export interface Method {
  /** Which kind of token may call it. */
  readonly token: 'bot' | 'app';
  readonly run: (args: Args, world: SlackWorld) => Answer;
}

export function refused(error: string): Refusal {
  return { ok: false, error };
}

/** A string argument; absent and empty are the same. */
export function argument(args: Args, name: string): string | undefined {
  const value = args[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Forms carry `true`, JSON carries true. */
export function flag(args: Args, name: string): boolean {
  return args[name] === true || args[name] === 'true' || args[name] === '1';
}
