import type { DriftNotice, DriftOffer } from '../release/journal-entry.ts';
import type { Role } from '../release/roles.ts';
import type { NodeName, ServiceName } from '../release/vocabulary.ts';
import type { DriftEvent } from './drift-events.ts';

/** One event of a round, and what is known of its service. */
export interface RoundEvent {
  readonly service: ServiceName;
  /** The channel that is told of the service. */
  readonly channel: string;
  /** Every node of the service. */
  readonly fleet: readonly NodeName[];
  readonly event: DriftEvent;
  /** Whose press the other side's acceptance is. */
  readonly acceptNeeds: Role;
}

/** What the channel is told with the row of each event: everything of a round at once, with the row of the first. */
export function noticesOf(
  events: readonly RoundEvent[],
): readonly (DriftNotice | 'elsewhere' | undefined)[] {
  const first = new Map<string, number>();
  events.forEach(({ channel, event }, i) => {
    if (isTold(event) && !first.has(channel)) first.set(channel, i);
  });
  return events.map(({ channel, event }, i) => {
    if (!isTold(event)) return undefined;
    if (first.get(channel) !== i) return 'elsewhere';
    return noticeOf(events.filter((one) => one.channel === channel && isTold(one.event)));
  });
}

/** A reload that changed nothing is journaled, and nobody is called. */
function isTold({ what }: DriftEvent): boolean {
  return what !== 'reload';
}

function noticeOf(events: readonly RoundEvent[]): DriftNotice {
  const offers = offersOf(events);
  const words = [...linesOf(events), ...(offers.length === 1 ? [mayPress(events)] : [])];
  const shown = words.slice(0, mostLines);
  const more = words.length - shown.length;
  return {
    text: [
      ...shown,
      ...(more > 0 ? [`And ${more} more: \`/release-status\` shows every service.`] : []),
    ].join('\n'),
    offers,
  };
}

const mostLines = 20;

/** What happened alike to several nodes, or to several services, is one line. */
function linesOf(events: readonly RoundEvent[]): readonly string[] {
  const perService = groups(events, ({ service, event }) => `${service}\n${templateOf(event)}`);
  const lines = perService.map((alike) => ({
    service: alike[0]?.service ?? '',
    urgency: urgencyOf(alike[0]?.event),
    text: withPlace(textOf(alike), alike[0]?.service ?? '', aService),
  }));
  const alike = groups(lines, ({ text }) => text);
  return alike
    .sort((a, b) => (a[0]?.urgency ?? 0) - (b[0]?.urgency ?? 0))
    .map((same) => {
      const services = same.map(({ service }) => service);
      const named = services.length === 1 ? services.join('') : '<service>';
      return `${listed(services)}: ${(same[0]?.text ?? '').replaceAll(aService, named)}`;
    });
}

const urgencies = ['memory', 'worker', 'disk', 'reach'];

function urgencyOf(event: DriftEvent | undefined): number {
  if (event?.kind === 'external_change') return -1;
  const place = urgencies.indexOf(event?.what ?? '');
  return place === -1 ? urgencies.length : place;
}

const aNode = '\u0001';
const aService = '\u0002';

/** The sentence without its node and its minute; why a node is silent differs by its address alone. */
function templateOf(event: DriftEvent): string {
  const words = inTemplate(event).replace(/\d\d:\d\d UTC/g, 'then');
  return isSilent(event) ? `${aNode} is silent` : `${event.kind} ${words}`;
}

function inTemplate({ node, sentence }: DriftEvent): string {
  return withPlace(sentence, node, aNode);
}

/** The sentence with a mark in a name's place. */
function withPlace(sentence: string, name: string, mark: string): string {
  return sentence
    .split(/([A-Za-z0-9_.-]+)/)
    .map((word) => (word === name ? mark : word))
    .join('');
}

function isSilent({ node: name, what, sentence }: DriftEvent): boolean {
  return what === 'reach' && sentence.startsWith(`${name} does not answer`);
}

function textOf(alike: readonly RoundEvent[]): string {
  const [first] = alike;
  if (first === undefined) return '';
  if (alike.length === 1) return first.event.sentence;
  const nodes = alike.map(({ event }) => event.node);
  const isAll = first.fleet.every((name) => nodes.includes(name));
  if (isSilent(first.event)) {
    const why = first.event.sentence.slice(`${first.event.node} does not answer: `.length);
    return `${listed(nodes)} do not answer${isAll ? ', which is every node' : ''}. ${first.event.node}: ${why}`;
  }
  const subject = isAll ? `every node (${listed(nodes)})` : `each of ${listed(nodes)}`;
  return inTemplate(first.event).replaceAll(aNode, subject);
}

function offersOf(events: readonly RoundEvent[]): readonly DriftOffer[] {
  const offering = events.filter(({ event }) => event.choice !== undefined || event.again === true);
  return groups(offering, ({ service }) => service).flatMap(([first]) => {
    if (first === undefined) return [];
    const { choice, again } = first.event;
    return {
      service: first.service,
      ...(choice === undefined ? {} : { choice }),
      ...(again === undefined ? {} : { again }),
    };
  });
}

/** Who may press what is offered, and what comes of it. */
function mayPress(events: readonly RoundEvent[]): string {
  const offering = events.find(({ event }) => event.choice !== undefined);
  if (offering?.event.choice === undefined) {
    return 'Re-apply (role releaser or operator) sets them as they should be.';
  }
  const { reapply, accept } = offering.event.choice;
  return `Re-apply (role releaser) brings back ${reapply}; Accept ${accept} (role ${offering.acceptNeeds}) keeps ${accept}.`;
}

const mostNames = 60;

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames);
  const more = names.length - shown.length;
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`;
}

/** Those with the same key together, in the order of their first. */
function groups<One>(all: readonly One[], keyOf: (one: One) => string): One[][] {
  const found = new Map<string, One[]>();
  for (const one of all) {
    const key = keyOf(one);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()];
}
