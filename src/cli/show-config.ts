import type { Config, Service } from '../config/config.ts';
import { durationWords } from '../config/durations.ts';
import { counted } from '../release/counted.ts';
import { percentWords } from '../release/power-words.ts';
import { needWords } from '../release/reason-rule.ts';
import { hasSides } from '../release/target.ts';
import { bakePower, requestsNeeded } from '../verdict/bake-power.ts';
import { quietBaseline } from '../verdict/baseline.ts';
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
    ...reasons(config),
    ...bakes(config),
    `Commands: ${[...commands.release, ...commands.rollback, ...commands.status].join(', ')}.`,
    `Journal: ${config.database}.`,
    `Drift watch: every ${durationWords(config.drift.everyMs)}.`,
    paint(look, 'grey', `Configuration digest ${config.digest.slice(0, 12)}`),
  ];
}

/** What people have to say before they may ask. */
function reasons({ services }: Config): readonly string[] {
  return [...services.values()].flatMap(({ name, reason }) => {
    const words = reason === undefined ? '' : needWords(name, reason).replaceAll('`', "'");
    return words === '' ? [] : [`${words.charAt(0).toUpperCase()}${words.slice(1)}.`];
  });
}

/** Without the nodes nobody knows the traffic: what it finds with as few requests as it needs at least. */
function bakes(config: Config): readonly string[] {
  return [...config.services.values()].flatMap(({ name, target, bake }) => {
    if (bake.forMs === 0 || !hasSides(target)) return [];
    const { errorRate, minimumRequests: least, forMs } = bake;
    const { finds } = bakePower(bake, {
      perSecond: (1000 * least) / forMs,
      baseline: quietBaseline,
      bothLive: false,
    });
    const worst =
      finds === null ? 'nothing' : `an error rate of ${percentWords(finds.rate)} or worse`;
    const twice = Math.min(1, 2 * errorRate);
    const needed = requestsNeeded(twice, bake);
    const perSecond = Number(((1000 * needed) / forMs).toPrecision(2));
    return [
      `Bake of ${name}: finds ${worst} with ${counted(least, 'request')} (minimum_requests); ${percentWords(twice)} needs ${needed}, ${perSecond} a second.`,
    ];
  });
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
