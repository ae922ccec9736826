import { z } from 'zod';
import { readFileAddress, readFrontend, readRuntime } from './addresses.ts';
import { duration, namedThings, section, textLike, textRead } from './file-leaves.ts';
import { mapIdPattern, nodeNamePattern } from './names.ts';

export const channelSchema = textLike(
  /^[CGD][A-Z0-9]{2,24}$/,
  "a channel's id such as C0RELEASES (in Slack: the channel's details, at the bottom)",
);

const person =
  '* (everyone), a Slack user id such as U0ANN, a user group id such as S0LEADS, or cli:<os user>';
const people = z.array(
  textLike(/^(\*|[UWS][A-Z0-9]{2,24}|cli:[A-Za-z_][A-Za-z0-9_.-]{0,63})$/, person),
  { error: 'a list of people' },
);

const commandName = textLike(
  /^\/[a-z0-9_-]{1,31}$/,
  'a slash command such as /release, in small letters',
);
const commandNames = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z
    .array(commandName, { error: 'a slash command such as /release, or a list of them' })
    .min(1, { error: 'at least one slash command' }),
);

const databasePath = textLike(
  /^(?!:memory:$|file:)[^\p{Cc}]{0,1000}[^\p{Cc}/]$/u,
  'a path to a SQLite file on a local disk',
);

/** The file's top; fleets and services are read one by one, so that one mistake hides no other. */
export const topSchema = section({
  database: databasePath.default('./pointsman.db'),
  slack: section({
    channel: channelSchema,
    commands: section({
      release: commandNames.default(['/release']),
      rollback: commandNames.default(['/rollback']),
      status: commandNames.default(['/status', '/release-status']),
    }).prefault({}),
  }),
  roles: section({
    viewer: people.default(['*']),
    releaser: people.min(1, { error: 'at least one entry: nobody could ask for a release' }),
    approver: people.default([]),
    operator: people.default([]),
  }),
  people: z
    .record(
      textLike(/^cli:[A-Za-z_][A-Za-z0-9_.-]{0,63}$/, 'cli:<os user>'),
      textLike(/^[UW][A-Z0-9]{2,24}$/, 'a Slack user id such as U0ANN'),
      { error: 'a mapping from cli:<os user> to a Slack user id' },
    )
    .default({}),
  fleets: namedThings('fleets by name'),
  services: namedThings('services by name'),
  drift: section({ every: duration(100).default(10_000) }).prefault({}),
});
export type TopFile = z.output<typeof topSchema>;

export const mapIdSchema = textLike(mapIdPattern, "a map's path, of letters, digits and _ . / : -");
const fileAddress = textRead('file:///path', readFileAddress);

const checkWords = 'a list of a program and its arguments, one of them with {file} in it';
const checkCommand = z
  .array(textLike(/^[^\p{Cc}]{1,1000}$/u, checkWords), { error: checkWords })
  .max(64, { error: checkWords })
  .refine((words) => words.slice(1).some((word) => word.includes('{file}')), {
    error: checkWords,
  });

const nodeSchema = section({
  name: textLike(nodeNamePattern, 'a node name of letters, digits and _ . -, up to 64 long'),
  runtime: textRead('unix:///path/of/the/socket or tcp://host:port', readRuntime),
  insecure: z.boolean({ error: 'true or false' }).default(false),
  frontend: textRead('http://host:port', readFrontend),
  map_file: fileAddress.optional(),
  maps: z
    .record(mapIdSchema, section({ id: mapIdSchema, file: fileAddress }), {
      error: 'a mapping from route.map to { id, file }',
    })
    .optional(),
  master: textRead('unix:///path/of/the/socket or tcp://host:port', readRuntime).optional(),
  config_file: fileAddress.optional(),
  file_write: z.enum(['replace', 'in_place'], { error: 'replace or in_place' }).default('replace'),
  check: checkCommand.optional(),
});
export type NodeFile = z.output<typeof nodeSchema>;

export const fleetSchema = section({
  nodes: z
    .array(nodeSchema, { error: 'a list of nodes' })
    .min(1, { error: 'at least one node' })
    .max(500, { error: 'at most 500 nodes' }),
});
export type FleetFile = z.output<typeof fleetSchema>;
