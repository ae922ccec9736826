import { expect, test } from 'vitest';
import { longestVersion, shortVersion, whyNoVersion } from '../../src/release/version.ts';

const hex = '0123456789abcdef'.repeat(4);

test.each([
  '1.4.2',
  'v1.4.2-rc.1+build.7',
  '2026-11-28_15.04',
  'release/2026-11',
  '2414721194e5fa8b8b1b4a7a6d4c0f3de0a1b2c3',
  '1:2.3-1~deb12u4',
  'web@1.4.2-rc.1',
  `sha256:${hex}`,
  `sha512:${hex}${hex}`,
  `1.4.2@sha256:${hex}`,
  `registry.example.com:5000/shop/web:1.2@sha256:${hex}`,
  'a'.repeat(longestVersion),
])('%s is a version', (version) => {
  expect(whyNoVersion(version)).toBeUndefined();
});

const characters =
  'expected letters, digits and _ . : + / @ ~ -, beginning with a letter, a digit or _';

test.each([
  ['', characters],
  ['1;2', characters],
  ['-rf', characters],
  ['@/etc/passwd', characters],
  ['1 2', characters],
  ['v1\n', characters],
  ['$(id)', characters],
  ['a'.repeat(longestVersion + 1), 'expected at most 520 characters, it has 521'],
  ['../../etc', characters],
  ['v1/../../etc', 'expected no two dots in a row'],
  ['https://registry.example.com/web', 'expected a tag, an image or a digest, without http://'],
  [`sha256:${hex.slice(1)}`, 'expected 64 hexadecimal digits behind sha256:, there are 63'],
  [`web@sha256:${hex}0`, 'expected 64 hexadecimal digits behind sha256:, there are 65'],
  [`sha512:${hex}`, 'expected 128 hexadecimal digits behind sha512:, there are 64'],
  [
    `sha256:${hex.toUpperCase()}`,
    'expected only the digits 0-9 and a-f (small letters) behind sha256:',
  ],
  [`web@md5:${hex}`, 'expected sha256:<64 digits> or sha512:<128 digits> behind the @'],
  ['web@sha256:', 'expected 64 hexadecimal digits behind sha256:, there are 0'],
  [
    'constructor:1@constructor:1',
    'expected sha256:<64 digits> or sha512:<128 digits> behind the @',
  ],
])('%j is none', (text, why) => {
  expect(whyNoVersion(text)).toBe(why);
});

test.each([
  ['1.4.2+build.7', '1.4.2+build.7'],
  [`sha256:${hex}`, 'sha256:0123456789ab…'],
  [
    `registry.example.com:5000/shop/web:1.2@sha512:${hex}${hex}`,
    'registry.example.com:5000/shop/web:1.2@sha512:0123456789ab…',
  ],
  ['x'.repeat(60) + 'y'.repeat(60), `${'x'.repeat(49)}…${'y'.repeat(49)}`],
])('%s is shown as %s', (version, short) => {
  expect(shortVersion(version)).toBe(short);
});
