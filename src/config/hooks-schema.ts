import { z } from 'zod';
import { isForbiddenAddress } from '../address/forbidden-address.ts';
import { type HookPlan, type HookPoint, hookPoints } from '../release/plan.ts';
import { forbiddenHint, type Reading } from './addresses.ts';
import { duration, oneOf, section, textLike, textRead } from './file-leaves.ts';

const minute = 60_000;

const argument = textLike(
  /^[^\p{Cc}]{0,1000}$/u,
  'a text, in quotes where it would be a number or true',
);
const argv = z
  .array(argument, { error: 'a list: the program, then each argument; no shell reads it' })
  .min(1, { error: 'at least the program' })
  .max(100, { error: 'at most 100 words' })
  .refine(([program]) => program !== '', { error: 'a program as the first word' });

/** Names the bot itself is configured by: what they hold is not a service's concern. */
const ownNames = /^(SLACK_.*|POINTSMAN_.*|PORT|HOST|LOG_LEVEL)$/i;

const variableName = textRead("an environment variable's name", (text) => {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(text)) {
    return { kind: 'expected', what: "an environment variable's name" };
  }
  if (!ownNames.test(text)) return { kind: 'read', value: text };
  const hint = 'that is what the bot itself runs with; a hook gets none of it';
  return { kind: 'expected', what: 'a variable of the service', hint };
});

const address = textRead('an http:// or https:// address', readAddress);

const hook = section({
  run: argv.optional(),
  post: address.optional(),
  timeout: duration(1).default(5 * minute),
  idempotent: z.boolean({ error: 'true or false' }).default(false),
  environment: z
    .array(variableName, { error: 'a list of names of environment variables' })
    .max(100, { error: 'at most 100 names' })
    .default([]),
  point_of_no_return: z.boolean({ error: 'true or false' }).default(false),
  shared_side: oneOf(['ask', 'run']).default('ask'),
}).transform((file, context): HookPlan => {
  const common = {
    timeoutMs: file.timeout,
    idempotent: file.idempotent,
    pointOfNoReturn: file.point_of_no_return,
    ...(file.shared_side === 'run' && { sharedSide: file.shared_side }),
  };
  const wrong = (message: string, at?: keyof typeof file) => {
    context.addIssue({ code: 'custom', message, path: at === undefined ? [] : [at] });
    return z.NEVER;
  };
  if (file.post !== undefined) {
    if (file.run !== undefined) return wrong('run or post, not both');
    if (file.environment.length > 0) return wrong('nothing: a call has none', 'environment');
    return { kind: 'post', url: file.post, ...common };
  }
  if (file.run === undefined) return wrong('run: [program, ...] or post: https://...');
  return { kind: 'run', argv: file.run, environment: file.environment, ...common };
});

const points = Object.fromEntries(
  hookPoints.map((point) => [point, hook.optional()]),
) as unknown as Record<HookPoint, ReturnType<typeof hook.optional>>;

/** `hooks` of a service: what runs at which point of a release. */
export const hooksSchema = section(points).transform((file, context) => {
  if (file.after_rollback?.pointOfNoReturn === true) {
    context.addIssue({
      code: 'custom',
      message: 'false: the way back has been gone by then',
      path: ['after_rollback', 'point_of_no_return'],
    });
  }
  return Object.fromEntries(
    Object.entries(file).filter(([, one]) => one !== undefined),
  ) as Readonly<Partial<Record<HookPoint, HookPlan>>>;
});

function readAddress(text: string): Reading<string> {
  const what = 'an http:// or https:// address';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || /[\p{Cc}\s]/u.test(text)) {
    return { kind: 'expected', what };
  }
  if (url.username !== '' || url.password !== '') {
    return { kind: 'expected', what, hint: 'credentials in it would stand in the journal' };
  }
  if (isForbiddenAddress(url.hostname)) return { kind: 'expected', what, hint: forbiddenHint };
  url.hash = '';
  return { kind: 'read', value: url.href };
}
