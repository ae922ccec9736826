import { z } from 'zod';
import { whyNoTicketPattern } from '../release/reason-rule.ts';
import {
  duration,
  factor,
  oneOf,
  percentage,
  section,
  textLike,
  textRead,
  wholeNumber,
} from './file-leaves.ts';
import { channelSchema } from './file-schema.ts';
import { hooksSchema } from './hooks-schema.ts';
import { fleetNamePattern } from './names.ts';
import type { RouteKeys } from './route-settings.ts';

const minute = 60_000;
const neverOr = 'never, or a duration such as 8h';
const allOr = 'all, or a whole number from 1 to 10000';

const printable = (what: string) =>
  textLike(/^[^\p{Cc}]{1,1000}$/u, `${what}, without control characters`);

const headers = z.record(
  textLike(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "a header's name"),
  textLike(/^[\x20-\x7e]{0,1000}$/, "a header's value, printable ASCII"),
  { error: 'a mapping of header names to values' },
);

const smokeCheck = section({
  name: textLike(/^[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}$/, 'a short name of letters, digits and _ . -'),
  path: textLike(/^\/[\x21-\x7e]{0,999}$/, 'a path that begins with /, without spaces'),
  headers: headers.default({}),
  expect: section({
    status: wholeNumber(100, 599).default(200),
    body_contains: printable('a text').optional(),
    header: section({ name: printable('a name'), value: printable('a value') }).optional(),
  }).prefault({}),
});

const place = {
  fleet: textLike(fleetNamePattern, "a fleet's name"),
  channel: channelSchema.optional(),
};

const rules = {
  approval: section({
    approvers: wholeNumber(0, 20).default(1),
    self_approval: z.boolean({ error: 'true or false' }).default(false),
    expires: duration(1).default(15 * minute),
  }).prefault({}),
  gates: section({
    healthy_readings: wholeNumber(1, 100).default(2),
    minimum_healthy: z
      .union([z.literal('all'), wholeNumber(1, 10_000, allOr)], { error: allOr })
      .default('all'),
    timeout: duration(1).default(minute),
  }).prefault({}),
  smoke: z
    .array(smokeCheck, { error: 'a list of checks' })
    .max(50, { error: 'at most 50 checks' })
    .default([]),
  smoke_tls: section({
    servername: textLike(/^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/, 'a host name'),
    ca: printable("a CA file's path").optional(),
  }).optional(),
  bake: section({
    for: duration(0).default(5 * minute),
    error_rate: percentage().default(0.01),
    latency: factor().default(2),
    minimum_requests: wholeNumber(1, 1_000_000_000).default(100),
  }).prefault({}),
  reason: oneOf(['optional', 'required']).default('optional'),
  ticket: textRead('a pattern such as OPS-\\d+', (text) => {
    const hint = whyNoTicketPattern(text);
    const what = 'a pattern such as OPS-\\d+';
    return hint === undefined ? { kind: 'read', value: text } : { kind: 'expected', what, hint };
  }).optional(),
  accept: oneOf(['manual', 'auto']).default('manual'),
  acceptance: section({
    remind: duration(1).default(60 * minute),
    expires: z
      .union([z.literal('never').transform(() => null), duration(1, neverOr)], { error: neverOr })
      .default(null),
  }).prefault({}),
  drain: section({
    timeout: duration(1).default(10 * minute),
    then: oneOf(['wait', 'shutdown']).default('wait'),
  }).prefault({}),
  hooks: hooksSchema.optional(),
};

/** One service of the file: what does not depend on its route, and what its route's own keys accepted. */
export type ServiceFile = z.output<z.ZodObject<typeof place & typeof rules>> & {
  readonly route?: unknown;
  readonly sides?: unknown;
};

/** A service whose route has these keys. */
export function serviceSchema(keys: RouteKeys): z.ZodType<ServiceFile> {
  return section({ ...place, ...keys, ...rules });
}

/** A service of whose route nothing can be said: everything else of it is checked. */
export const serviceOfAnyRoute = serviceSchema({
  route: z.unknown().optional(),
  sides: z.unknown().optional(),
});
