import { existsSync, readFileSync } from 'node:fs';
import type { Entry } from '../../../src/release/journal-entry.ts';
import type { HookPlan, HookPoint } from '../../../src/release/plan.ts';

/** Those that a crash leaves in doubt until a person has looked. */
const once: readonly HookPoint[] = ['deploy', 'after_completed'];
const any: readonly HookPoint[] = ['before_switch', 'after_switch', 'after_rollback'];

/** Hooks that leave a line in a file each time they run. */
export function hooksNotingIn(file: string): Readonly<Partial<Record<HookPoint, HookPlan>>> {
  const hook = (idempotent: boolean): HookPlan => ({
    kind: 'run',
    argv: ['sh', '-c', 'echo "$POINTSMAN_RELEASE $POINTSMAN_HOOK" >> "$0"', file],
    environment: [],
    timeoutMs: 20_000,
    idempotent,
    pointOfNoReturn: false,
  });
  return Object.fromEntries([
    ...once.map((point) => [point, hook(false)]),
    ...any.map((point) => [point, hook(true)]),
  ]);
}

/** No run without its intent, none in doubt run again by itself. */
export function judgeHooks(file: string, rows: readonly Entry[]): readonly string[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const ran = text.split('\n').filter((line) => line !== '');
  const starts = rows.flatMap(({ release, what }) =>
    what.kind === 'hook_started' ? [{ what, key: `${release} ${what.point}` }] : [],
  );
  const count = (lines: readonly string[], key: string) =>
    lines.filter((one) => one === key).length;
  const keys = starts.map(({ key }) => key);
  return [
    ...[...new Set(ran)].flatMap((key) =>
      count(ran, key) > count(keys, key)
        ? [`I2: ${key} ran ${count(ran, key)} times, intended ${count(keys, key)} times`]
        : [],
    ),
    ...starts
      .filter(({ what, key }) => once.includes(what.point) && count(keys, key) > 1)
      .map(({ key }) => `${key} was run again, and nobody had said so`),
  ];
}
