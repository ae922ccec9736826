import { sayToApplication } from './say-to-application.ts';

/** What an application's own state URL says; `unknown`: it does not answer, or something else. */
export type ApplicationState = 'on' | 'off' | 'unknown';

/** Questions under way: all nodes of a reading ask at the same time, and one answer serves them. */
const underWay = new Map<string, Promise<ApplicationState>>();

/** Asks an application whether it is on. Never rejects. */
export function stateOfApplication(url: string): Promise<ApplicationState> {
  const asked = underWay.get(url);
  if (asked !== undefined) return asked;
  const asking = ask(url).finally(() => underWay.delete(url));
  underWay.set(url, asking);
  return asking;
}

async function ask(url: string): Promise<ApplicationState> {
  const head = await sayToApplication('HEAD', url);
  const isUnknownMethod = head.kind === 'answer' && (head.status === 405 || head.status === 501);
  const answer = isUnknownMethod ? await sayToApplication('GET', url) : head;
  if (answer.kind === 'no_answer') return 'unknown';
  if (answer.status === 200) return 'on';
  return answer.status === 404 ? 'off' : 'unknown';
}
