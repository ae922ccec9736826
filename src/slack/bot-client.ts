import { WebClient } from '@slack/web-api';
import type { Logger as PinoLogger } from 'pino';
import { boltLogger } from './bolt-logger.ts';

export interface BotClientOptions {
  readonly botToken: string;
  /** Ends in `/api/`; undefined = slack.com. */
  readonly slackApiUrl?: string;
  readonly timeoutMs: number;
  readonly log: PinoLogger;
}

/**
 * The bot's own client. It never repeats a call by itself: who calls knows whether a repetition does harm.
 * Every call ends within `timeoutMs`.
 */
export function botClient({ botToken, slackApiUrl, timeoutMs, log }: BotClientOptions): WebClient {
  return new WebClient(botToken, {
    ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
    logger: boltLogger(log),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
  });
}
