/** Something Slack tells the app. */
export interface Delivery {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: Readonly<Record<string, unknown>>;
  /** Set on events that are told again because they were not acknowledged. */
  readonly retry?: { readonly number: number; readonly reason: string };
}

/** How the app took it. */
export type Outcome =
  /** In time; `payload` is what the app answered with. */
  | { readonly kind: 'acknowledged'; readonly payload?: unknown }
  /** Nothing came within three seconds: the person is told. It may still have had its effect. */
  | { readonly kind: 'timed_out' }
  /** The app could not be reached, or refused. */
  | { readonly kind: 'failed'; readonly why: string };

/** What a person reads when something went wrong with the app; Slack's own words. */
export type DeliveryError = 'operation_timeout' | 'dispatch_failed' | 'invalid_command_response';

/** The word for a delivery that the app did not take. */
export function errorWord(outcome: Outcome): DeliveryError | undefined {
  switch (outcome.kind) {
    case 'acknowledged':
      return undefined;
    case 'timed_out':
      return 'operation_timeout';
    case 'failed':
      return 'dispatch_failed';
    default:
      return unreachable(outcome);
  }
}

function unreachable(value: never): never {
  throw new Error(`no such outcome: ${JSON.stringify(value)}`);
}

/** One way to the app: a socket it opened, or its request URL. */
export interface Carrier {
  /** Resolves with how the app took it; never rejects. */
  deliver(delivery: Delivery): Promise<Outcome>;
  /** True: there is somebody to deliver to. */
  readonly connected: boolean;
  close(): void;
}
