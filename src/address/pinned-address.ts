import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isForbiddenAddress } from './forbidden-address.ts';

/** A host, resolved once: the request is sent to this address and no other. */
export interface PinnedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

export type Resolve = (host: string) => Promise<PinnedAddress>;

/** Asks the system's resolver. */
export const systemResolver: Resolve = async (host) => {
  const { address, family } = await lookup(host);
  return { address, family: family === 6 ? 6 : 4 };
};

/** Pins a host to one address; gives a sentence where it must not be connected to. Rejects where it has none. */
export async function pin(host: string, resolve: Resolve): Promise<PinnedAddress | string> {
  const bare = host.replace(/^\[|\]$/g, '');
  const version = isIP(bare);
  const pinned: PinnedAddress =
    version === 0 ? await resolve(bare) : { address: bare, family: version === 6 ? 6 : 4 };
  return isForbiddenAddress(pinned.address)
    ? `${host} is the link-local address ${pinned.address}, which is never connected to`
    : pinned;
}
