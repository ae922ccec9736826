import type { Config } from '../config/config.ts';
import { needWords } from '../release/reason-rule.ts';
import { unreachable } from '../release/vocabulary.ts';
import { canonicalNames, type Topic } from './command-names.ts';

/** What a help may know of the installation. */
type KnownServices = Pick<Config, 'services'>;

/**
 * What a command can do. A line that begins with a backtick is a form and what it does; any other is the heading of
 * the forms below it.
 */
export function helpLines(topic: Topic, known?: KnownServices): readonly string[] {
  const service = [...(known?.services.keys() ?? [])][0] ?? 'checkout';
  switch (topic) {
    case 'release':
      return releaseHelp(canonicalNames.release, service, known);
    case 'rollback':
      return rollbackHelp(canonicalNames.rollback, service);
    case 'status':
      return statusHelp(canonicalNames.status, service);
    default:
      return unreachable(topic);
  }
}

function releaseHelp(name: string, service: string, known?: KnownServices): readonly string[] {
  return [
    'Ask',
    `\`${name} <service> [blue|green] [version <v>] [because <reason>]\` asks for a release; without a side, to the preview side, which is the one without traffic`,
    `\`${name} plan <service> ...\` shows what a release would do; everybody may, and nothing is done`,
    `\`${name} finish <service>\` deploys the active side's version to the other side and moves there (needs the hook deploy)`,
    ...reasonLines(name, known),
    'Decide',
    `\`${name} accept <service or release>\` gives your word that the release stays, on disk as well`,
    `\`${name} abort <service or release>\` takes a release in flight back to stable`,
    `\`${name} cancel <service or release>\` ends a release before its switch; an approver's cancel rejects it`,
    `\`${canonicalNames.rollback} <service>\` goes back to stable at once, also after acceptance`,
    'For operators',
    `\`${name} lock|unlock <service> because <reason>\` nobody releases until it is unlocked; going back is never locked`,
    `\`${name} <service> override because <reason>\` releases against a lock`,
    `\`${name} settle <release> blue|green because <reason>\` brings every node to the side you name, and ends what needs attention`,
    `\`${name} adopt <service> blue|green because <reason>\` makes a side the stable one where no release is open`,
    `\`${name} drain|maint|ready <service> <server> [because <reason>]\` sets one server of a service without sides`,
    'Examples',
    `\`${name} ${service} green version 2.4.1 because new start page\``,
    `\`${name} plan ${service}\``,
    `\`${canonicalNames.status} ${service}\` shows where it stands`,
  ];
}

/** Services that ask for a reason say so before somebody is refused. */
function reasonLines(name: string, known?: KnownServices): readonly string[] {
  return [...(known?.services.values() ?? [])].flatMap(({ name: service, reason }) =>
    reason === undefined
      ? []
      : [`\`${name} ${service} because <reason>\` ${needWords(service, reason)}`],
  );
}

function rollbackHelp(name: string, service: string): readonly string[] {
  return [
    'Go back',
    `\`${name} <service> [because <reason>]\` goes back to stable at once, on all nodes; in flight it aborts`,
    `\`${name} <service> override because <reason>\` (operator) also where the old side has no healthy server`,
    'Example',
    `\`${name} ${service} because the basket shows a wrong total\``,
  ];
}

function statusHelp(name: string, service: string): readonly string[] {
  return [
    'Look',
    `\`${name}\` every service on one line`,
    `\`${name} <service>\` the health table: every node and server, memory, disk and desired`,
    `\`${name} history [<service>] [since 7d] [by @user]\` who did what, and when`,
    `\`${name} at <time> <service>\` which side was live then; times such as \`14:02\`, \`yesterday 14:02\`, \`2026-11-20 14:02\`, \`2026-11-20T14:02Z\``,
    'Words of the table',
    '`memory` the side that the running HAProxy sends traffic to',
    '`disk` the side that its next reload starts with',
    '`desired` the side that both should have: the one last switched to, and the one last accepted',
    '`unpersisted` the new side is in memory and not yet on disk: so until the release is accepted',
    '`drifted` somebody or something else changed the node, or it fell back',
    'Examples',
    `\`${name} history ${service} since 7d\``,
    `\`${name} at yesterday 14:02 ${service}\``,
  ];
}
