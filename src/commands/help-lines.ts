import { unreachable } from '../release/vocabulary.ts';
import { canonicalNames, type Topic } from './command-names.ts';

/** What a command can do, a line each: the form in backticks, then what it does. */
export function helpLines(topic: Topic): readonly string[] {
  const name = canonicalNames[topic];
  switch (topic) {
    case 'release':
      return [
        `\`${name} <service> [blue|green] [version <v>] [because <reason>]\` asks for a release; without a side, to the preview side`,
        `\`${name} plan <service> ...\` shows what a release would do; nothing is asked, nothing is done`,
        `\`${name} finish <service>\` deploys the active side's version to the other side and moves there (needs the hook deploy)`,
        `\`${name} accept <service or release>\` your word that the release stays`,
        `\`${name} abort <service or release>\` takes a release in flight back to stable`,
        `\`${name} cancel <service or release>\` ends a release before its switch`,
        `\`${name} settle <release> blue|green because <reason>\` (operator) brings every node to the side you name`,
        `\`${name} adopt <service> blue|green because <reason>\` (operator) makes a side the stable one of a new service`,
        `\`${name} drain|maint|ready <service> <server> [because <reason>]\` (operator) sets one server of a service without sides`,
        `\`${name} lock|unlock <service> because <reason>\` (operator) nobody releases until it is unlocked`,
        `\`${name} <service> override because <reason>\` (operator) releases against a lock or a gate`,
      ];
    case 'rollback':
      return [
        `\`${name} <service> [because <reason>]\` goes back to stable at once, on all nodes; in flight it aborts`,
        `\`${name} <service> override because <reason>\` (operator) also where the old side has no healthy server`,
      ];
    case 'status':
      return [
        `\`${name}\` every service on one line`,
        `\`${name} <service>\` the health table: every node and server, memory, disk and desired`,
        `\`${name} history [<service>] [since 7d] [by @user]\` who did what, and when`,
        `\`${name} at <time> <service>\` which side was live then; times such as \`14:02\`, \`yesterday 14:02\`, \`2026-11-20 14:02\`, \`2026-11-20T14:02Z\``,
      ];
    default:
      return unreachable(topic);
  }
}
