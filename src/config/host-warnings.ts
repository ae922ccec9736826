import type { Config } from './config.ts';

/** Who may take a release back; the rules are `src/policy/judge.ts`. */
const takesBack = ['releaser', 'operator'] as const;

/**
 * What is right and yet will hurt: the command line as the door for the day when Slack is away, and as a second name
 * for somebody who approves. A sentence each.
 */
export function hostWarnings(config: Config): readonly string[] {
  return [...nobodyTakesBack(config), ...unknownPeople(config)];
}

function nobodyTakesBack({ roles, people, services }: Config): readonly string[] {
  const mapped = new Set(people.values());
  const may = takesBack
    .flatMap((role) => roles[role])
    .some((entry) => entry === '*' || entry.startsWith('cli:') || mapped.has(entry));
  if (may) return [];
  return [
    `Nobody of the command line may roll back ${[...services.keys()].join(', ')}: on the day when Slack is away nobody can. List a user of the host under roles.operator or roles.releaser, for example "cli:root".`,
  ];
}

function unknownPeople({ roles, people, services }: Config): readonly string[] {
  const approved = [...services.values()]
    .filter(({ approval }) => approval.approvers > 0 && !approval.selfApproval)
    .map(({ name }) => name);
  if (approved.length === 0) return [];
  return roles.releaser
    .filter((entry) => entry === '*' || (entry.startsWith('cli:') && !people.has(entry)))
    .map((entry) => {
      const who = entry === '*' ? 'Every user of the host (roles.releaser has "*")' : entry;
      return `${who} may ask for a release of ${approved.join(', ')}, and \`people\` does not say who that is in Slack, where the same person could approve it: one approval more is needed for what is asked that way. Name the person under \`people\`.`;
    });
}
