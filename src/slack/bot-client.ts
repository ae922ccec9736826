import { WebClient } from '@slack/web-api';
import type { Logger as PinoLogger } from 'pino';
import { boltLogger } from './bolt-logger.ts';
import { fetchUntil } from './fetch-until.ts';

export interface BotClientOptions {
  readonly botToken: string;
  /** Ends in `/api/`; undefined = slack.com. */
  readonly slackApiUrl?: string;
  readonly timeoutMs: number;
  /** Ends every call that is under way. */
  readonly ending: AbortSignal;
  readonly log: PinoLogger;
}

/**
 * The bot's own client. It never repeats a call by itself: who calls knows whether a repetition does harm.
 * Every call ends within `timeoutMs`.
 */
export function botClient(options: BotClientOptions): WebClient {
  const { botToken, slackApiUrl, timeoutMs, ending, log } = options;
  return new WebClient(botToken, {
    ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
    logger: boltLogger(log),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    fetch: fetchUntil(ending),
  });
}
