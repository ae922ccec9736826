import type { Command } from '../commands/command.ts';
import { unreachable } from '../release/vocabulary.ts';
import { type ActionId, buttonLabels } from './card-buttons.ts';

/** A press as it arrives: nothing in it is believed but the name of the button and of its subject. */
export interface Pressed {
  readonly action: string;
  readonly value: string;
  readonly block: string;
}

/** The command of a press; undefined for buttons that this program never made. */
export function pressCommand({ action, value, block }: Pressed): Command | undefined {
  if (!isAction(action) || !/^[a-z][a-z0-9-]{0,63}$/.test(value)) return undefined;
  const seen = /^release:([0-9a-f]{1,64})$/.exec(block)?.[1];
  switch (action) {
    case 'approve':
    case 'wait':
    case 'shut_down_sessions':
      return { kind: action, of: value, ...(seen === undefined ? {} : { seen }) };
    case 'cancel':
    case 'accept':
      return { kind: action, of: value };
    case 'roll_back':
      return { kind: 'abort', of: value };
    case 're_apply':
      return { kind: 'reapply', of: value };
    case 'accept_blue':
      return { kind: 'accept_side', of: value, side: 'blue' };
    case 'accept_green':
      return { kind: 'accept_side', of: value, side: 'green' };
    default:
      return unreachable(action);
  }
}

/** True for the action ids of the buttons there are. */
export function isAction(action: string): action is ActionId {
  return Object.hasOwn(buttonLabels, action);
}
