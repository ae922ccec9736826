import { duration, textLike } from '../../../../config/file-leaves.ts';
import type { RouteTraits } from '../../../../release/target.ts';

const asking = 'a link or words with {side}, such as https://www.example.com/?side={side}';

/** Keys of `route` that every way of route `sessions` has. */
export const stayKeys = {
  /** A side whose last user was there so long ago is left. */
  idle: duration(1).default(30 * 60_000),
  /** How a user asks for either side; shown with the release. */
  ask_for: textLike(/^(?=.*\{side\})[^\p{Cc}]{1,300}$/u, asking).optional(),
};

interface StaySettings {
  readonly idle: number;
  readonly ask_for?: string | undefined;
}

/** What those keys mean to everybody. */
export function stayTraits(
  { idle, ask_for: askFor }: StaySettings,
  disk: RouteTraits['disk'],
): RouteTraits {
  return { disk, sessionsStayMs: idle, ...(askFor === undefined ? {} : { askFor }) };
}
