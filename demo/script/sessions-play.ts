import type { Side } from '../../src/release/vocabulary.ts';
import { waitUntil } from '../../test/support/wait-until.ts';
import type { HeldWords } from '../fleet/setup.ts';
import { buttonsOf } from '../slack/message.ts';
import { startUsers, type User } from '../traffic/users.ts';
import { auditSteps } from './audit-steps.ts';
import { lastLoadStep, loadSteps, onlyAnswersFrom } from './load-steps.ts';
import { approve, ask, ended, type HeldThen, pressAccept } from './release-steps.ts';
import { askRollback } from './rollback-steps.ts';
import { nodesHold, releaseMessage, type Scene, shownState, untilState } from './scene.ts';
import { expectThat, type Step } from './step.ts';

const release = 'checkout-1';
const rollback = 'checkout-2';
const usersPerNode = 3;
/** So many further requests of each user show where the user is now. */
const more = 15;

export interface SessionsPlay {
  readonly held: HeldThen;
  /** A new user asks for a side: what the answer says. */
  readonly askFor: (frontend: string, side: Side) => Promise<string>;
}

/** A release whose users leave by themselves, and its rollback, whose users are moved by force. */
export function sessionsPlay({ held, askFor }: SessionsPlay): readonly Step<Scene>[] {
  const holds = (name: string, when: string, expected: HeldWords): Step<Scene> => ({
    name,
    deadline: 10_000,
    run: (scene) => nodesHold(scene, when, expected),
  });
  const newUsersOn = (side: Side): Step<Scene> => ({
    name: `Under load every new user is on ${side}`,
    deadline: 10_000,
    run: (scene) => onlyAnswersFrom(scene.load, side),
  });
  return [
    ...loadSteps,
    holds('Everything is on blue', 'at the start', held.start),
    { name: 'Users arrive, each with a cookie', deadline: 10_000, run: (s) => arrive(s, 'blue') },
    { name: 'Rita asks for checkout on green', deadline: 15_000, run: ask },
    {
      name: 'Ann approves; switched, verified, smoke tested and baked',
      deadline: 60_000,
      run: approve,
    },
    holds('Every node sends new users to green', 'awaiting acceptance', held.switched),
    newUsersOn('green'),
    { name: 'Who was on blue is still there', deadline: 10_000, run: (s) => stayed(s, 'blue') },
    {
      name: 'A new user asks for blue, and gets it',
      deadline: 10_000,
      run: (scene) => asks(scene, 'blue', askFor),
    },
    {
      name: 'Rita accepts; blue is not left while its users come back',
      deadline: 20_000,
      run: drains,
    },
    { name: 'The users leave, and blue is finished by itself', deadline: 30_000, run: leave },
    holds('Every node is on green', `${release} completed`, held.completed),
    { name: 'Users arrive on green', deadline: 10_000, run: (s) => arrive(s, 'green') },
    { name: 'Rita rolls back; new users are on blue', deadline: 30_000, run: rollBackBegins },
    newUsersOn('blue'),
    { name: 'Who was on green is still there', deadline: 10_000, run: (s) => stayed(s, 'green') },
    { name: 'At the deadline Rita shuts green down', deadline: 60_000, run: cutOver },
    { name: 'Every user is on blue, moved once', deadline: 10_000, run: moved },
    holds('Every node is on blue again', `${rollback} completed`, held.back),
    lastLoadStep,
    ...auditSteps,
  ];
}

async function arrive(scene: Scene, side: Side): Promise<string> {
  const users = startUsers({ nodes: scene.fleet.nodes, host: scene.host, perNode: usersPerNode });
  scene.users = users;
  await furtherRequests(users);
  mustBeOn(users, side);
  return `${users.length} users on ${side}`;
}

async function stayed({ users = [] }: Scene, side: Side): Promise<string> {
  await furtherRequests(users);
  mustBeOn(users, side);
  const thrownOut = users.filter(({ moves }) => moves > 0).length;
  expectThat(thrownOut === 0, `${thrownOut} users were sent to the other side in between.`);
  mustNotFail(users);
  return `${users.length} users, ${requestsOf(users)} requests, all ${side}`;
}

async function asks(scene: Scene, side: Side, askFor: SessionsPlay['askFor']): Promise<string> {
  const bodies = await Promise.all(scene.fleet.nodes.map(({ frontend }) => askFor(frontend, side)));
  const astray = bodies.filter((body) => !body.startsWith(`version=${side} `));
  expectThat(astray.length === 0, `Not answered by ${side}: ${astray.join('; ')}.`);
  return `${bodies.length} answers from ${side}`;
}

async function drains(scene: Scene): Promise<string> {
  await pressAccept(scene);
  await untilState(scene, release, 'Draining', 10_000);
  const said = await stayed(scene, 'blue');
  const state = shownState(scene, release);
  expectThat(state === 'Draining', `${release} should still be draining; it is ${state}.`);
  return said;
}

async function leave(scene: Scene): Promise<string> {
  await Promise.all((scene.users ?? []).map((user) => user.leave()));
  const end = await ended(scene, release, 25_000);
  scene.onGreenAt = new Date().toISOString();
  return end;
}

async function rollBackBegins(scene: Scene): Promise<string> {
  await askRollback(scene);
  await untilState(scene, rollback, 'Draining', 25_000);
  return `${rollback} is draining green`;
}

async function cutOver(scene: Scene): Promise<string> {
  const label = 'Shut down sessions';
  const message = await scene.slack.waitFor(() => {
    const found = releaseMessage(scene, rollback);
    return found !== undefined && buttonsOf(found).some((one) => one.label === label)
      ? found
      : undefined;
  }, 30_000);
  const pressed = await scene.slack.asUser('rita').press(message, label);
  expectThat(pressed.error === undefined, `Slack says "${pressed.error}".`);
  return ended(scene, rollback, 25_000);
}

/** By force a request that is under way may be cut; it is counted, not hidden. */
async function moved({ users = [] }: Scene): Promise<string> {
  await furtherRequests(users);
  mustBeOn(users, 'blue');
  const wrong = users.filter(({ moves }) => moves !== 1).length;
  expectThat(wrong === 0, `${wrong} users moved more than once.`);
  await Promise.all(users.map((user) => user.leave()));
  const cut = users.reduce((sum, { failures }) => sum + failures.length, 0);
  return `${users.length} users, ${requestsOf(users)} requests; cut by force: ${cut}`;
}

function furtherRequests(users: readonly User[]): Promise<unknown> {
  const before = users.map(({ requests }) => requests);
  return waitUntil(() => users.every((user, i) => user.requests >= (before[i] ?? 0) + more), {
    what: `${more} requests of every user`,
    timeout: 9_000,
  });
}

function mustBeOn(users: readonly User[], side: Side): void {
  const astray = users.filter((user) => user.side !== side).length;
  expectThat(astray === 0, `${astray} of ${users.length} users are not on ${side}.`);
}

function mustNotFail(users: readonly User[]): void {
  const failures = users.flatMap((user) => user.failures);
  expectThat(failures.length === 0, `${failures.length} requests failed, first ${failures[0]}.`);
}

function requestsOf(users: readonly User[]): number {
  return users.reduce((sum, { requests }) => sum + requests, 0);
}
