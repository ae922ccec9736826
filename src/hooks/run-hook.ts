import type { RunHook } from '../engine/ports.ts';
import type { HookFacts, HookResult } from '../release/hook-run.ts';
import { factBody, factVariables, filled } from '../release/hook-words.ts';
import type { HookPlan } from '../release/plan.ts';
import { typed } from '../release/typed.ts';
import { Deadline } from '../timing/deadline.ts';
import { cleanLine, secretsOf } from './clean-line.ts';
import { type CommandEnd, runCommand } from './run-command.ts';
import { type CallEnd, sendCall } from './send-call.ts';

export interface HooksDeps {
  /** PATH, and the variables that some hook of the configuration lists: the rest of the environment is not known here. */
  readonly variables: Readonly<Record<string, string>>;
  /** File mode mask of what commands write; this process' own. */
  readonly umask?: number | undefined;
  /** Monotonic milliseconds. */
  readonly mono: () => number;
  /** How long a command that must end has for it before it is killed, milliseconds. */
  readonly graceMs?: number;
  /** The crash tests' handle. */
  readonly failpoint?: (name: string) => void;
}

const usualGraceMs = 5_000;

/** Makes the port through which the engine runs a service's own commands and calls. */
export function createHooks(deps: HooksDeps): RunHook {
  return async (hook, facts, { signal, onOutput }) => {
    const began = deps.mono();
    const timer = new AbortController();
    const deadline = new Deadline(hook.timeoutMs, () => timer.abort());
    const both = AbortSignal.any([signal, timer.signal]);
    const listed = hook.kind === 'run' ? pick(deps.variables, hook.environment) : {};
    const output = {
      clean: (line: string) => cleanLine(line, secretsOf(listed)),
      say: onOutput,
    };
    deps.failpoint?.('hook:before');
    const end = await runEither(hook, facts, { deps, listed, signal: both, output });
    deadline.cancel();
    deps.failpoint?.('hook:after');
    const ms = Math.round(deps.mono() - began);
    if (end.kind === 'cut') {
      return { ...cutResult(hook, signal.aborted, end.last), ms };
    }
    return { outcome: end.good ? 'succeeded' : 'failed', sentence: end.sentence, ms };
  };
}

/** By itself, well or not; or the signal ended it. */
type End =
  | { readonly kind: 'over'; readonly good: boolean; readonly sentence: string }
  | { readonly kind: 'cut'; readonly last: string };

interface Running {
  readonly deps: HooksDeps;
  readonly listed: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly output: Parameters<typeof sendCall>[0]['output'];
}

async function runEither(hook: HookPlan, facts: HookFacts, running: Running): Promise<End> {
  const { deps, listed, signal, output } = running;
  // A program begun only to be killed may have done half of its work.
  if (signal.aborted) return { kind: 'cut', last: '' };
  if (hook.kind === 'post') {
    const end = await sendCall({ url: hook.url, body: factBody(facts), signal, output });
    return signal.aborted && end.kind === 'no_answer' ? { kind: 'cut', last: '' } : ofCall(end);
  }
  const words = filled(hook.argv, facts);
  if ('missing' in words) {
    const why = `nothing was run: it needs the ${words.missing.slice(1, -1).replaceAll('_', ' ')}, which this release does not know`;
    return { kind: 'over', good: false, sentence: `${hook.argv[0]}: ${why}.` };
  }
  const end = await runCommand({
    argv: words.argv,
    variables: { ...pick(deps.variables, ['PATH']), ...listed, ...factVariables(facts) },
    umask: deps.umask,
    signal,
    graceMs: deps.graceMs ?? usualGraceMs,
    output,
  });
  return end.kind === 'ended'
    ? { kind: 'cut', last: end.last }
    : ofCommand(hook.argv[0] ?? '', end);
}

function ofCommand(program: string, end: Exclude<CommandEnd, { kind: 'ended' }>): End {
  if (end.kind === 'not_started') {
    const sentence = `${program} could not be started: ${typed(end.why)}.`;
    return { kind: 'over', good: false, sentence };
  }
  const { code, by, last } = end;
  if (code === 0) return { kind: 'over', good: true, sentence: `${program} exited with code 0.` };
  const how = code === null ? `was ended by ${by}` : `exited with code ${code}`;
  return { kind: 'over', good: false, sentence: `${program} ${how}${lastWords(last)}.` };
}

function ofCall(end: CallEnd): End {
  if (end.kind === 'no_answer') {
    return { kind: 'over', good: false, sentence: `The call got no answer: ${typed(end.why)}.` };
  }
  const good = end.status >= 200 && end.status < 300;
  const words = good ? '' : `, where 2xx was expected${lastWords(end.last)}`;
  return { kind: 'over', good, sentence: `The call was answered with ${end.status}${words}.` };
}

function cutResult(hook: HookPlan, byPerson: boolean, last: string): Omit<HookResult, 'ms'> {
  const who = hook.kind === 'run' ? (hook.argv[0] ?? '') : 'The call';
  const ended = hook.kind === 'run' ? 'and was killed with all its processes' : 'and was cut off';
  const said = lastWords(last);
  return byPerson
    ? { outcome: 'cancelled', sentence: `${who} was still under way ${ended}${said}.` }
    : {
        outcome: 'timed_out',
        sentence: `${who} was not done after ${hook.timeoutMs / 1000} s ${ended}${said}.`,
      };
}

function lastWords(last: string): string {
  return last === '' ? '' : `; its last words: "${typed(last.slice(0, 200))}"`;
}

function pick(
  variables: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
