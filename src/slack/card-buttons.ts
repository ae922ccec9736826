import type { ActionsBlock, Button, ConfirmationDialog } from '@slack/types';
import { counted } from '../release/counted.ts';
import { leftWords } from '../release/left-side.ts';
import { isSidePlan, type Plan } from '../release/plan.ts';
import { movementWords } from '../release/plan-words.ts';
import { isServersRelease, type Release, type ServersRelease } from '../release/release.ts';
import type { Hold } from '../release/service-state.ts';
import { isBeforeSwitch, isEnd } from '../release/states.ts';
import { shortVersion } from '../release/version.ts';
import { otherSide, type ServiceName, type Side, unreachable } from '../release/vocabulary.ts';
import { cutText, oneLine } from './slack-text.ts';

/** Every button there is: the label in snake_case is its action_id. */
export const buttonLabels = {
  approve: 'Approve',
  cancel: 'Cancel',
  accept: 'Accept',
  roll_back: 'Roll back',
  wait: 'Wait',
  shut_down_sessions: 'Shut down sessions',
  re_apply: 'Re-apply',
  accept_blue: 'Accept blue',
  accept_green: 'Accept green',
} as const;
export type ActionId = keyof typeof buttonLabels;

/** The digits of a plan digest that people and block ids carry. */
export const digestDigits = 12;

/** The buttons of a release as it stands now, or none. An ended release has none at all. */
export function releaseButtons(release: Release, hold?: Hold): ActionsBlock | undefined {
  const actions = actionsOf(release);
  if (actions.length === 0) return undefined;
  return {
    type: 'actions',
    // The plan the presser saw: an approval binds to it.
    block_id: `release:${release.planDigest.slice(0, digestDigits)}`,
    elements: actions.map((action) =>
      button(action, release.id, questionOf(action, release, hold)),
    ),
  };
}

/** What may be pressed in each state. */
function actionsOf(release: Release): readonly ActionId[] {
  if (isServersRelease(release)) return actionsOfServers(release);
  if (release.settling !== undefined || isEnd(release.state)) return [];
  if (release.goingBack !== undefined) return onTheWayBack(release);
  if (isBeforeSwitch(release.state)) return beforeSwitch(release);
  switch (release.state) {
    case 'switching':
    case 'verifying':
    case 'smoking':
    case 'baking':
      return release.plan.kind === 'forward' ? ['roll_back'] : [];
    case 'awaiting_acceptance':
      return ['accept', 'roll_back'];
    case 'draining':
      return release.drain?.asking === true ? whenAsking(release) : [];
    case 'needs_attention':
      return whenFallenBack(release);
    default:
      return [];
  }
}

/** What has stopped goes on, or goes back; a batch in the middle may be taken back. */
function actionsOfServers({ state, goingBack, drain }: ServersRelease): readonly ActionId[] {
  if (isEnd(state)) return [];
  if (goingBack !== undefined) return state === 'needs_attention' ? ['re_apply'] : [];
  if (state === 'awaiting_approval') return ['approve', 'cancel'];
  if (isBeforeSwitch(state)) return ['cancel'];
  if (state === 'needs_attention') return ['re_apply', 'roll_back'];
  return drain?.asking === true ? ['wait', 'shut_down_sessions', 'roll_back'] : ['roll_back'];
}

/** A side that was deployed to, or left again, may still have users: a person decides about them. */
function onTheWayBack(release: Release): readonly ActionId[] {
  const { state, attention, drain } = release;
  if (state === 'needs_attention') return attention?.asks === 'hook' ? whenFallenBack(release) : [];
  return drain?.asking === true ? ['wait', 'shut_down_sessions'] : [];
}

function beforeSwitch({ state, drain }: Release): readonly ActionId[] {
  if (state === 'awaiting_approval') return ['approve', 'cancel'];
  return drain?.asking === true ? ['wait', 'shut_down_sessions', 'cancel'] : ['cancel'];
}

function whenAsking({ plan }: Release): readonly ActionId[] {
  const answers = ['wait', 'shut_down_sessions'] as const;
  return plan.kind === 'forward' ? [...answers, 'roll_back'] : answers;
}

function whenFallenBack({ attention }: Release): readonly ActionId[] {
  const choice = attention?.choice;
  return choice === undefined ? [] : ['re_apply', `accept_${choice.accept}`];
}

/** What a press moves, in the words of its confirm dialog; undefined where it moves nothing. */
function questionOf(action: ActionId, release: Release, hold?: Hold): Question | undefined {
  const { service, plan } = release;
  const nodes = nodeCount(plan.target.nodes.length);
  const version =
    plan.version === undefined ? '' : ` (version ${oneLine(shortVersion(plan.version))})`;
  const there = `${service}: ${movementWords(plan)}${version} on ${nodes}`;
  const back = `${service}: ${wayBack(plan)} on ${nodes}`;
  switch (action) {
    case 'approve':
      return { title: 'Approve this release?', text: `${there}${lockWords(release, hold)}` };
    case 'accept':
      return { title: 'Accept this release?', text: `${there}. It is written to disk and stays.` };
    case 'roll_back':
      return { title: 'Roll back?', text: back };
    case 'shut_down_sessions':
      return {
        title: 'Shut down sessions?',
        text: `Cuts what is left on ${leftWords(release)}. ${there}.`,
      };
    case 're_apply':
      return { title: 'Re-apply?', text: there };
    case 'accept_blue':
    case 'accept_green':
      return { title: `${buttonLabels[action]}?`, text: back };
    case 'cancel':
    case 'wait':
      return undefined;
    default:
      return unreachable(action);
  }
}

/** A dialog mentions nobody: names stand in the message. */
function lockWords({ override }: Release, hold: Hold | undefined): string {
  const lock = hold === undefined ? '' : ` (${cutText(oneLine(hold.reason), 60)})`;
  if (override === undefined) return hold === undefined ? '' : `. The service is locked${lock}`;
  return `. It overrides ${hold === undefined ? 'what stands in the way' : `a lock${lock}`}: ${cutText(oneLine(override), 80)}`;
}

function wayBack(plan: Plan): string {
  if (isSidePlan(plan)) return `${plan.to} → ${plan.from}`;
  return `what is taken out of ${plan.target.backend} is put back`;
}

/** The answers to a node that was found elsewhere than it should be. `value` is the service. */
export function reapplyButtons(
  service: ServiceName,
  { side, found }: { readonly side: Side; readonly found: Side },
  nodes: number,
): ActionsBlock {
  const accept: ActionId = `accept_${found}`;
  const fleet = nodeCount(nodes);
  const again = {
    title: 'Re-apply?',
    text: `${service}: ${otherSide(side)} → ${side} where it differs, on ${fleet}`,
  };
  const stay = {
    title: `${buttonLabels[accept]}?`,
    text: `${service}: ${side} → ${found} on ${fleet}, on disk too`,
  };
  return {
    type: 'actions',
    block_id: `service:${service}`,
    elements: [
      button('re_apply', service, again),
      ...(found === side ? [] : [button(accept, service, stay)]),
    ],
  };
}

/** The answer to single servers that are not what they should be. `value` is the service. */
export function againButton(service: ServiceName, nodes: number): ActionsBlock {
  const text = `${service}: every server is set to what it should be, on ${nodeCount(nodes)}`;
  return {
    type: 'actions',
    block_id: `service:${service}`,
    elements: [button('re_apply', service, { title: 'Re-apply?', text })],
  };
}

interface Question {
  readonly title: string;
  readonly text: string;
}

const styles: Partial<Readonly<Record<ActionId, 'primary' | 'danger'>>> = {
  approve: 'primary',
  accept: 'primary',
  re_apply: 'primary',
  roll_back: 'danger',
  shut_down_sessions: 'danger',
};

function button(action: ActionId, value: string, question: Question | undefined): Button {
  const style = styles[action];
  return {
    type: 'button',
    action_id: action,
    text: { type: 'plain_text', text: buttonLabels[action] },
    value,
    ...(style === undefined ? {} : { style }),
    ...(question === undefined ? {} : { confirm: dialog(action, question) }),
  };
}

function dialog(action: ActionId, { title, text }: Question): ConfirmationDialog {
  return {
    title: { type: 'plain_text', text: cutText(title, 100) },
    text: { type: 'plain_text', text: cutText(text, 300) },
    confirm: { type: 'plain_text', text: buttonLabels[action] },
    deny: { type: 'plain_text', text: 'Not now' },
    ...(styles[action] === 'danger' ? { style: 'danger' as const } : {}),
  };
}

function nodeCount(nodes: number): string {
  return counted(nodes, 'node');
}
