import { type Message, visibleText } from '../slack/message.ts';
import type { Load } from '../traffic/load.ts';
import type { User } from '../traffic/users.ts';
import type { World } from '../world.ts';
import { expectThat } from './step.ts';

/** What a step says about a node at one moment of the play. */
export interface Snapshot {
  readonly when: string;
  readonly node: string;
  readonly memory: string;
  readonly disk: string;
}

/** Everything the steps of the play see and leave for each other. */
export interface Scene extends World {
  readonly service: string;
  /** Host header of its requests. */
  readonly host: string;
  readonly load: Load;
  readonly snapshots: Snapshot[];
  /** A moment at which the first release was completed and not yet taken back, ISO 8601. */
  onGreenAt?: string;
  /** Who keeps cookies and comes back; by route. */
  users?: readonly User[];
  /** Long requests that were begun on blue before the switch. */
  longRequests?: readonly Promise<{ readonly status: number; readonly body: string }>[];
  /** Final messages by release. */
  readonly endings: Map<string, Message>;
}

/** The message of a release, found by its first line `<release> · <state>`; undefined where there is none yet. */
export function releaseMessage({ slack }: Scene, release: string): Message | undefined {
  return slack.messages().find((message) => firstLine(message).startsWith(`${release} · `));
}

/** The state that a release's message shows; undefined where there is no message yet. */
export function shownState(scene: Scene, release: string): string | undefined {
  const message = releaseMessage(scene, release);
  return message === undefined ? undefined : firstLine(message).slice(`${release} · `.length);
}

const lastStates = [
  'Completed',
  'Rejected',
  'Expired',
  'Cancelled',
  'Aborted',
  'Rolled back',
  'Failed',
  'Needs attention',
];

/** Resolves with the message once it shows the state; rejects with the whole message where it ended in another one. */
export async function untilState(
  scene: Scene,
  release: string,
  state: string,
  timeoutMs: number,
): Promise<Message> {
  const message = await scene.slack
    .waitFor(() => {
      const shown = shownState(scene, release);
      const found = releaseMessage(scene, release);
      return shown === state || (shown !== undefined && lastStates.includes(shown))
        ? found
        : undefined;
    }, timeoutMs)
    .catch(() => {
      const shown = shownState(scene, release) ?? 'no message';
      throw new Error(
        `${release} should have become "${state}" within ${timeoutMs} ms; it is "${shown}".`,
      );
    });
  expectThat(
    shownState(scene, release) === state,
    `${release} should have become "${state}". Its message says:\n${visibleText(message)}`,
  );
  return message;
}

/** The first answer to a command or a press; rejects where none comes in time. */
export async function answerTo(
  scene: Scene,
  asked: { readonly error?: string; readonly answers: readonly Message[] },
  timeoutMs = 5_000,
): Promise<Message> {
  expectThat(asked.error === undefined, `Slack says "${asked.error}": the bot did not take it.`);
  return await scene.slack
    .waitFor(() => asked.answers[0], timeoutMs)
    .catch(() => {
      throw new Error(`Nobody was answered within ${timeoutMs} ms.`);
    });
}

/** Checks and notes what every node holds now. */
export async function nodesHold(
  scene: Scene,
  when: string,
  expected: { readonly memory: string; readonly disk: string },
): Promise<string> {
  const held = await scene.fleet.holds(scene.service);
  scene.snapshots.push(...held.map((one) => ({ when, ...one })));
  const wrong = held.filter(
    ({ memory, disk }) => memory !== expected.memory || disk !== expected.disk,
  );
  expectThat(
    wrong.length === 0,
    `Memory ${expected.memory} and disk ${expected.disk} were expected on every node; ${wrong
      .map(({ node, memory, disk }) => `${node} has memory ${memory}, disk ${disk}`)
      .join('; ')}.`,
  );
  return `${held.length} nodes: memory ${expected.memory}, disk ${expected.disk}`;
}

/** The anchor in a release's last message, `<seq>:<hash>`; undefined where it is not its last line. */
export function anchorOf(message: Message): string | undefined {
  const last = visibleText(message).trimEnd().split('\n').at(-1) ?? '';
  const [, seq, hash] = /^journal #(\d+) ([0-9a-f]{64})$/.exec(last) ?? [];
  return seq === undefined ? undefined : `${seq}:${hash}`;
}

/** The first line a person sees of a message. */
export function firstLine(message: Message): string {
  return visibleText(message).split('\n')[0] ?? '';
}
