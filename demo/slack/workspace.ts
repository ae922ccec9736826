/** Someone who can type and press in the local Slack. */
export interface Person {
  readonly id: string;
  /** The handle after the @, without it. */
  readonly name: string;
  readonly realName: string;
  /** IANA zone, as `users.info` tells it. */
  readonly timezone: string;
  /** What the page says under the name: a word for the role, and what that role may do. */
  readonly title: string;
  readonly may: string;
  /** Another installation's id (Slack Connect); absent: the workspace's own. */
  readonly teamId?: string;
}

export interface Channel {
  readonly id: string;
  /** Without the #. */
  readonly name: string;
  readonly topic: string;
  /** False: posting there is answered `not_in_channel`. Absent: the app is a member. */
  readonly appIsMember?: boolean;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  /** Present on Enterprise Grid only. */
  readonly enterpriseId?: string;
}

/** A slash command as the app's manifest registers it. */
export interface SlashCommand {
  /** With the slash. */
  readonly command: string;
  readonly description: string;
  readonly usageHint: string;
  /** Absent: true. Names and channels are then sent as `<@U...|name>` and `<#C...|name>`. */
  readonly shouldEscape?: boolean;
}

/** Something worth trying, shown where a channel is empty; a click puts it into the message box. */
export interface Suggestion {
  readonly text: string;
  readonly why: string;
}

export interface LocalApp {
  readonly id: string;
  readonly name: string;
  /** The bot's user. */
  readonly userId: string;
  /** The handle people mention it by. */
  readonly handle: string;
  readonly botId: string;
}

export interface Workspace {
  readonly team: Team;
  readonly app: LocalApp;
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly groups: readonly UserGroup[];
  readonly commands: readonly SlashCommand[];
  readonly suggestions: readonly Suggestion[];
}

export const localWorkspace: Workspace = {
  team: { id: 'T0LOCAL', name: 'Harbour', domain: 'harbour' },
  app: {
    id: 'A0POINTSMAN',
    name: 'Pointsman',
    userId: 'U0POINTSMAN',
    handle: 'pointsman',
    botId: 'B0POINTSMAN',
  },
  people: [
    {
      id: 'U0RITA',
      name: 'rita',
      realName: 'Rita Requester',
      timezone: 'Europe/Berlin',
      title: 'Releaser',
      may: 'Asks for releases, accepts, aborts and rolls back',
    },
    {
      id: 'U0ANN',
      name: 'ann',
      realName: 'Ann Approver',
      timezone: 'Europe/London',
      title: 'Approver',
      may: 'Approves or rejects what others ask for',
    },
    {
      id: 'U0OLAF',
      name: 'olaf',
      realName: 'Olaf Operator',
      timezone: 'Europe/Oslo',
      title: 'Operator',
      may: 'Rolls back, locks, overrides, adopts and settles; does not approve',
    },
    {
      id: 'U0SAM',
      name: 'sam',
      realName: 'Sam Stranger',
      timezone: 'America/New_York',
      title: 'No role',
      may: 'Looks at status and history, nothing else',
    },
  ],
  channels: [
    { id: 'C0RELEASES', name: 'releases', topic: 'Who switched what, when, and why' },
    { id: 'C0GENERAL', name: 'general', topic: 'Everything else' },
  ],
  groups: [
    { id: 'S0RELEASERS', handle: 'releasers', name: 'Releasers', users: ['U0RITA'] },
    { id: 'S0LEADS', handle: 'leads', name: 'Team leads', users: ['U0ANN'] },
  ],
  commands: [
    {
      command: '/release',
      description: 'Move a service to its other side',
      usageHint: '<service> [blue|green] [version <v>] [because <reason>]',
    },
    {
      command: '/rollback',
      description: 'Go back to the stable side, at once',
      usageHint: '<service> [because <reason>]',
    },
    {
      command: '/release-status',
      description: 'See what is live, and whether all nodes agree',
      usageHint: '[<service>] | history [<service>] | at <time> <service>',
    },
  ],
  suggestions: [
    { text: '/release-status checkout', why: 'See what is live on every node' },
    {
      text: '/release checkout green because the new basket is ready',
      why: 'Ask for a release; then be Ann, and approve it',
    },
    { text: '/rollback checkout because it was only a try', why: 'Go back, at once' },
  ],
};

/** Finds a person by id, handle, or first or full name, whatever the case; throws naming who there is. */
export function personNamed(workspace: Workspace, name: string): Person {
  const wanted = name.replace(/^@/, '').toLowerCase();
  const found = workspace.people.find((person) =>
    [person.id, person.name, person.realName, person.realName.split(' ')[0] ?? '']
      .map((known) => known.toLowerCase())
      .includes(wanted),
  );
  if (!found) {
    const known = workspace.people.map((person) => person.name).join(', ');
    throw new Error(`nobody is called "${name}" in the local Slack; there are ${known}`);
  }
  return found;
}

/** Finds a channel by id or name (with or without #); undefined where there is none. */
export function channelNamed(workspace: Workspace, name: string): Channel | undefined {
  const wanted = name.replace(/^#/, '');
  return workspace.channels.find((channel) => channel.id === wanted || channel.name === wanted);
}
