import type { ActionsBlock, Button, ConfirmationDialog } from '@slack/types';
import type { Release } from '../release/release.ts';
import { isBeforeSwitch, type ReleaseState } from '../release/states.ts';
import { otherSide, type ServiceName, type Side } from '../release/vocabulary.ts';
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
export function releaseButtons(release: Release): ActionsBlock | undefined {
  const actions = actionsOf(release);
  if (actions.length === 0) return undefined;
  return {
    type: 'actions',
    // The plan the presser saw: an approval binds to it.
    block_id: `release:${release.planDigest.slice(0, digestDigits)}`,
    elements: actions.map((action) => releaseButton(action, release)),
  };
}

/** What may be pressed in each state. */
function actionsOf(release: Release): readonly ActionId[] {
  if (release.goingBack !== undefined || release.settling !== undefined) return [];
  if (isBeforeSwitch(release.state)) return beforeSwitch(release.state);
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
    default:
      return [];
  }
}

function beforeSwitch(state: ReleaseState): readonly ActionId[] {
  return state === 'awaiting_approval' ? ['approve', 'cancel'] : ['cancel'];
}

function whenAsking({ plan }: Release): readonly ActionId[] {
  const answers = ['wait', 'shut_down_sessions'] as const;
  return plan.kind === 'forward' ? [...answers, 'roll_back'] : answers;
}

function releaseButton(action: ActionId, release: Release): Button {
  const { plan } = release;
  const nodes = nodeCount(plan.target.nodes.length);
  const version = plan.version === undefined ? '' : ` (version ${oneLine(plan.version)})`;
  const there = `${release.service}: ${plan.from} → ${plan.to}${version} on ${nodes}`;
  const back = `${release.service}: ${plan.to} → ${plan.from} on ${nodes}`;
  switch (action) {
    case 'approve':
      return button(action, release.id, 'primary', dialog('Approve this release?', there, action));
    case 'accept':
      return button(
        action,
        release.id,
        'primary',
        dialog('Accept this release?', `${there}. It is written to disk and stays.`, action),
      );
    case 'roll_back':
      return button(action, release.id, 'danger', dialog('Roll back?', back, action));
    case 'shut_down_sessions':
      return button(
        action,
        release.id,
        'danger',
        dialog('Shut down sessions?', `Cuts what is left on ${plan.from}. ${there}.`, action),
      );
    default:
      return button(action, release.id);
  }
}

/** The answers to a node that was found elsewhere than it should be. `value` is the service. */
export function reapplyButtons(
  service: ServiceName,
  { side, found }: { readonly side: Side; readonly found: Side },
  nodes: number,
): ActionsBlock {
  const accept: ActionId = `accept_${found}`;
  const fleet = nodeCount(nodes);
  const elements = [
    button(
      're_apply',
      service,
      'primary',
      dialog('Re-apply?', `${service}: ${otherSide(side)} → ${side} where it differs, on ${fleet}`),
    ),
    ...(found === side
      ? []
      : [
          button(
            accept,
            service,
            undefined,
            dialog(`Accept ${found}?`, `${service}: ${side} → ${found} on ${fleet}, on disk too`),
          ),
        ]),
  ];
  return { type: 'actions', block_id: `service:${service}`, elements };
}

function button(
  action: ActionId,
  value: string,
  style?: Button['style'],
  confirm?: ConfirmationDialog,
): Button {
  return {
    type: 'button',
    action_id: action,
    text: { type: 'plain_text', text: buttonLabels[action] },
    value,
    ...(style === undefined ? {} : { style }),
    ...(confirm === undefined ? {} : { confirm }),
  };
}

function dialog(title: string, text: string, action?: ActionId): ConfirmationDialog {
  const danger = action === 'roll_back' || action === 'shut_down_sessions';
  return {
    title: { type: 'plain_text', text: cutText(title, 100) },
    text: { type: 'plain_text', text: cutText(text, 300) },
    confirm: { type: 'plain_text', text: action === undefined ? 'Yes' : buttonLabels[action] },
    deny: { type: 'plain_text', text: 'Not now' },
    ...(danger ? { style: 'danger' as const } : {}),
  };
}

function nodeCount(nodes: number): string {
  return nodes === 1 ? '1 node' : `${nodes} nodes`;
}
