import { expect, test } from 'vitest';
import { reasonIn } from '../../src/haproxy/log-words.ts';

test('the alerts are the reason, without what every failure says', () => {
  const log =
    "[NOTICE]   (8) : haproxy version is 2.6.12-1+deb12u4\n[ALERT]    (8) : config : [/a.cfg:17] : unknown proxy mode 'https'.\n[ALERT]    (8) : config : Proxy 'www': unable to find required default_backend: 'nope'.\n[ALERT]    (8) : config : Fatal errors found in configuration.\n";

  expect(reasonIn(log)).toBe(
    "[/a.cfg:17] : unknown proxy mode 'https'; Proxy 'www': unable to find required default_backend: 'nope'",
  );
});

test('3.x leaves the word config out, and other programs say it in their own words', () => {
  expect(reasonIn("[ALERT]    (3) : Proxy 'www': no.\n")).toBe("Proxy 'www': no");
  expect(reasonIn('sudo: a password is required\n\n')).toBe('sudo: a password is required');
  expect(reasonIn('')).toBe('');
});
