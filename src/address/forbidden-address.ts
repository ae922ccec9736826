import { BlockList, isIP } from 'node:net';

/** Where clouds tell a machine its credentials; no frontend and no hook's partner lives there. */
const ofIpv4 = ['169.254.0.0/16', '100.100.100.200/32', '192.0.0.192/32', '168.63.129.16/32'];
const ofIpv6: readonly (readonly [string, number])[] = [
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
  // A network's own NAT64 may embed an IPv4 address anywhere in here.
  ['64:ff9b:1::', 48],
];
/** Prefixes after which an IPv6 address ends in an IPv4 one: mapped, compatible, translated, NAT64. */
const endsInIpv4 = ['::ffff:', '::', '::ffff:0:', '64:ff9b::'];

const forbidden = new BlockList();
for (const [address, bits] of ofIpv6) forbidden.addSubnet(address, bits, 'ipv6');
for (const subnet of ofIpv4) {
  const [address = '', bits = ''] = subnet.split('/');
  forbidden.addSubnet(address, Number(bits));
  for (const prefix of endsInIpv4) {
    forbidden.addSubnet(`${prefix}${address}`, 96 + Number(bits), 'ipv6');
  }
  // 6to4 has it after its first two bytes.
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  const [high, low] = [a * 256 + b, c * 256 + d].map((one) => one.toString(16));
  forbidden.addSubnet(`2002:${high}:${low}::`, 16 + Number(bits), 'ipv6');
}

/** True for an address that is never connected to, however it is written; false for a name. */
export function isForbiddenAddress(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const version = isIP(bare);
  return version !== 0 && forbidden.check(bare, version === 6 ? 'ipv6' : 'ipv4');
}
