import type { NetConnectOpts } from 'node:net';
import { UnsafeArgument } from './errors.ts';

/** Where a Runtime API listens: `unix:///path` or `tcp://host:port`. */
export function connectOptions(address: string): NetConnectOpts {
  if (address.startsWith('unix:///')) return { path: address.slice('unix://'.length) };
  const tcp = /^tcp:\/\/(?:\[([0-9A-Fa-f:]+)\]|([^:/[\]]+)):(\d{1,5})$/.exec(address);
  if (tcp === null) {
    throw new UnsafeArgument(
      `The Runtime API address "${address}" is refused: expected unix:///path or tcp://host:port.`,
    );
  }
  return { host: tcp[1] ?? tcp[2] ?? '', port: Number(tcp[3]) };
}

/** The address as socat wants it, for the lines a person types. */
export function socatAddress(address: string): string {
  return address.startsWith('unix://')
    ? address.slice('unix://'.length)
    : address.replace(/^tcp:\/\//, 'tcp:');
}
