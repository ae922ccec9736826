import { expect, test } from 'vitest';
import { isForbiddenAddress } from '../../src/address/forbidden-address.ts';
import { pin } from '../../src/address/pinned-address.ts';

test.each([
  '169.254.169.254',
  '169.254.0.1',
  '[fe80::1]',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'fd20:ce::254',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '0:0:0:0:0:ffff:a9fe:a9fe',
  '::a9fe:a9fe',
  '::169.254.169.254',
  '::ffff:0:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b::169.254.169.254',
  '64:ff9b:1::a9fe:a9fe',
  '64:ff9b:1:fe80::1',
  '2002:a9fe:a9fe::1',
  '100.100.100.200',
  '::ffff:100.100.100.200',
  '64:ff9b::6464:64c8',
  '192.0.0.192',
  '168.63.129.16',
])('%s is never connected to, as a literal and behind a name', async (address) => {
  const family = address.includes(':') ? (6 as const) : (4 as const);
  const bare = address.replace(/[[\]]/g, '');

  expect(isForbiddenAddress(address)).toBe(true);
  expect(await pin('metadata.example', async () => ({ address: bare, family }))).toBe(
    `metadata.example is the link-local address ${bare}, which is never connected to`,
  );
});

test.each([
  '127.0.0.1',
  '10.0.0.1',
  '192.168.1.1',
  '169.253.1.1',
  '::1',
  'fd00:ec2::253',
  'fd12:3456::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2001:db8::a9fe:a9fe',
  '2002:a00:1::1',
])('%s may be', async (address) => {
  expect(isForbiddenAddress(address)).toBe(false);
  expect(await pin(address, () => Promise.reject(new Error('no name')))).toMatchObject({ address });
});
