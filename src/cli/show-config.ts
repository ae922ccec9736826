import type { Config, Service } from '../config/config.ts';
import { durationWords } from '../config/durations.ts';
import { counted } from '../release/counted.ts';
import { hasSides } from '../release/target.ts';
import { type Look, paint } from './look.ts';
import { table } from './table.ts';

/** A configuration that was accepted, as tables of fleets, services and roles. */
export function showConfig(look: Look, path: string, config: Config): readonly string[] {
  const nodes = [...config.fleets.values()].flatMap((fleet) =>
    fleet.nodes.map((node, i) => [
      i === 0 ? fleet.name : '',
      node.name,
      node.runtime,
      node.frontend,
      [...node.maps.values()].map(({ file }) => file).join(', ') || '-',
    ]),
  );
  const services = [...config.services.values()].map((service) => serviceRow(config, service));
  const { commands } = config.slack;
  return [
    paint(look, 'green', `${path} is in order.`),
    '',
    ...table(look, ['FLEET', 'NODE', 'RUNTIME', 'FRONTEND', 'MAP FILES'], nodes),
    '',
    ...table(look, serviceHeads, services),
    '',
    ...table(
      look,
      ['ROLE', 'WHO'],
      Object.entries(config.roles).map(([role, who]) => [role, who.join(', ') || 'nobody']),
    ),
    '',
    `Commands: ${[...commands.release, ...commands.rollback, ...commands.status].join(', ')}.`,
    `Journal: ${config.database}.`,
    `Drift watch: every ${durationWords(config.drift.everyMs)}.`,
    paint(look, 'grey', `Configuration digest ${config.digest}`),
  ];
}

const serviceHeads = [
  'SERVICE',
  'FLEET',
  'ROUTE',
  'BLUE',
  'GREEN',
  'APPROVERS',
  'SMOKE',
  'BAKE',
  'ACCEPT',
  'CHANNEL',
];

function serviceRow({ slack }: Config, service: Service): readonly string[] {
  const { route, target, approval, smoke, bake } = service;
  const sides = hasSides(target) ? target.sides : { blue: '-', green: '-' };
  const self = approval.selfApproval ? ', self too' : '';
  return [
    service.name,
    service.fleet,
    Object.values(route).join(' '),
    sides.blue,
    sides.green,
    approval.approvers === 0
      ? 'none'
      : `${approval.approvers} in ${durationWords(approval.expiresMs)}${self}`,
    smoke.length === 0 ? 'none' : counted(smoke.length, 'request'),
    bake.forMs === 0 ? 'none' : durationWords(bake.forMs),
    service.accept,
    service.channel ?? slack.channel,
  ];
}
