import { unreachable } from '../release/vocabulary.ts';
import type { Command } from './command.ts';

/** A command in the words in which it is typed, or its button is called, for rows and logs: `lock checkout because freeze`. */
export function asTyped(command: Command): string {
  return [...wordsOf(command), ...reasonOf(command)].join(' ').slice(0, 300);
}

function wordsOf(command: Command): readonly string[] {
  switch (command.kind) {
    case 'release':
    case 'plan':
      return [command.kind, command.service, ...optionsOf(command)];
    case 'rollback':
    case 'finish':
      return [command.kind, command.service, ...override(command)];
    case 'accept':
    case 'abort':
    case 'cancel':
    case 'approve':
    case 'wait':
    case 'reapply':
    case 'shut_down_sessions':
      return [command.kind.replaceAll('_', ' '), command.of];
    case 'accept_side':
      return ['accept', command.side, 'of', command.of];
    case 'settle':
      return [command.kind, command.release, command.side];
    case 'adopt':
      return [command.kind, command.service, command.side];
    case 'drain':
    case 'maint':
    case 'ready':
      return [command.kind, command.service, command.server];
    case 'lock':
    case 'unlock':
      return [command.kind, command.service];
    default:
      return questionWords(command);
  }
}

type Question = Extract<Command, { kind: 'status' | 'history' | 'at' | 'help' }>;

function questionWords(command: Question): readonly string[] {
  switch (command.kind) {
    case 'status':
      return ['status', ...(command.service === undefined ? [] : [command.service])];
    case 'history': {
      const { service, since, by } = command;
      return [
        'history',
        ...(service === undefined ? [] : [service]),
        ...(since === undefined ? [] : ['since', since.toISOString()]),
        ...(by === undefined ? [] : ['by', `@${by}`]),
      ];
    }
    case 'at':
      return ['at', command.time.toISOString(), command.service];
    case 'help':
      return [command.topic, 'help'];
    default:
      return unreachable(command);
  }
}

function optionsOf(command: Extract<Command, { kind: 'release' | 'plan' }>): readonly string[] {
  const { side, version } = command;
  return [
    ...(side === undefined ? [] : [side]),
    ...(version === undefined ? [] : ['version', version]),
    ...override(command),
  ];
}

function override({ override: overrides }: { readonly override?: boolean }): readonly string[] {
  return overrides === true ? ['override'] : [];
}

function reasonOf(command: Command): readonly string[] {
  const because = 'because' in command ? command.because : undefined;
  return because === undefined ? [] : ['because', because];
}
