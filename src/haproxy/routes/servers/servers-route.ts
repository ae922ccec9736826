import type { MakeServersRoute } from '../../../engine/ports.ts';
import type { ServerSetting } from '../../../release/plan.ts';
import type { ServersTarget } from '../../../release/target.ts';
import type { NodeName } from '../../../release/vocabulary.ts';
import { awaitAnswer } from '../../await-answer.ts';
import { setServerState, showServersState } from '../../command-line.ts';
import { socatAddress } from '../../runtime-address.ts';
import { RuntimeApi } from '../../runtime-api.ts';
import { countOnServers, cutServers } from '../../servers/left-on-servers.ts';
import type { ServersNode } from '../../servers/servers-node.ts';
import { setServers } from '../../servers/set-servers.ts';
import type { RouteOptions } from '../route-options.ts';
import { readServers } from './read-servers.ts';

/** Route `servers`: single servers of one backend, set by `set server <backend>/<server> state <state>`. */
export function serversRoute(options: RouteOptions): MakeServersRoute {
  return (target) => {
    const at = (node: NodeName) => serversNode(target, node, options);
    return {
      read: async (node, signal) => readServers(at(node), signal),
      set: async (node, settings, expected, gate) => setServers(at(node), settings, expected, gate),
      barrier: async (node, signal) => awaitAnswer(at(node).api, signal),
      sessions: async (node, servers, signal) => countOnServers(at(node), servers, signal),
      shutDownSessions: async (node, servers, gate) => cutServers(at(node), servers, gate),
      byHand: (node, settings) => byHand(at(node), settings),
    };
  };
}

/** Throws where the plan has no such node: then the caller mixed up two plans. */
function serversNode(target: ServersTarget, node: NodeName, options: RouteOptions): ServersNode {
  const at = target.nodes.find((candidate) => candidate.node === node);
  if (at === undefined) throw new Error(`The plan has no node ${node}.`);
  const { deadlineMs, failpoint, mono } = options;
  const api = new RuntimeApi({
    node,
    address: at.runtime,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  return { at, backend: target.backend, api, mono };
}

/** The lines a person types on the node's host, and the one that shows that it is so. */
function byHand(
  { at, backend }: ServersNode,
  settings: readonly ServerSetting[],
): readonly string[] {
  const socat = `socat stdio ${socatAddress(at.runtime)}`;
  const lines = settings.map(({ server, state }) => setServerState(backend, server, state));
  return [...lines, showServersState(backend)].map((line) => `echo "${line}" | ${socat}`);
}
