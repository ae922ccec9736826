import type { EffectGate } from '../../../../engine/ports.ts';
import type { Failpoint } from '../../../runtime-api.ts';
import type { ApplicationSwitch } from './by-health-target.ts';
import { type ApplicationAnswer, sayToApplication } from './say-to-application.ts';

/** What became of telling one application. */
export interface Told {
  readonly application: ApplicationSwitch;
  readonly answer: ApplicationAnswer;
  /** It answered 2xx: it has taken it. */
  readonly taken: boolean;
  /** What it answered instead, or that it did not; for a sentence. */
  readonly words: string;
}

/** POSTs to every application of a side at once. Never rejects. */
export async function tellApplications(
  applications: readonly ApplicationSwitch[],
  what: 'enable' | 'disable',
  gate: EffectGate,
  failpoint: Failpoint = () => {},
): Promise<readonly Told[]> {
  failpoint(`http:before:${what}`);
  const told = await Promise.all(
    applications.map(async (application) => {
      const answer = whyShut(gate) ?? (await sayToApplication('POST', application[what]));
      const taken = answer.kind === 'answer' && answer.status >= 200 && answer.status < 300;
      return { application, answer, taken, words: wordsOf(application, what, answer) };
    }),
  );
  failpoint(`http:after:${what}`);
  return told;
}

function whyShut(gate: EffectGate): ApplicationAnswer | undefined {
  try {
    gate.check();
    return undefined;
  } catch {
    return { kind: 'no_answer', why: 'its release was interrupted before that', sent: false };
  }
}

function wordsOf(
  application: ApplicationSwitch,
  what: 'enable' | 'disable',
  answer: ApplicationAnswer,
): string {
  const how =
    answer.kind === 'answer' ? `answered ${answer.status}` : `gave no answer: ${answer.why}`;
  return `${application.server} ${how} (POST ${application[what]})`;
}
