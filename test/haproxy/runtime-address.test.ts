import { expect, test } from 'vitest';
import { connectOptions, socatAddress } from '../../src/haproxy/runtime-address.ts';

test.each([
  ['unix:///run/haproxy/admin.sock', { path: '/run/haproxy/admin.sock' }],
  ['tcp://10.0.0.1:9000', { host: '10.0.0.1', port: 9000 }],
  ['tcp://lb-1.example.com:9000', { host: 'lb-1.example.com', port: 9000 }],
  ['tcp://[::1]:9000', { host: '::1', port: 9000 }],
])('%s is connected to as node:net wants it', (address, options) => {
  expect(connectOptions(address)).toEqual(options);
});

test.each([
  '',
  '/run/admin.sock',
  'unix://run/admin.sock',
  'tcp://10.0.0.1',
  'http://10.0.0.1:80',
  'tcp://a/b:1',
])('the address %j is refused with what is expected', (address) => {
  expect(() => connectOptions(address)).toThrow('expected unix:///path or tcp://host:port');
});

test('socat gets the same address in its own words', () => {
  expect(socatAddress('unix:///run/admin.sock')).toBe('/run/admin.sock');
  expect(socatAddress('tcp://10.0.0.1:9000')).toBe('tcp:10.0.0.1:9000');
});
