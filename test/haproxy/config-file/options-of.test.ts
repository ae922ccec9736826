import { expect, test } from 'vitest';
import { optionsOf } from '../../../src/haproxy/config-file/options-of.ts';

/** The names in force, and `404` where disable-on-404 is; or why that is not known. */
function inForce(text: string, backend = 'app'): readonly string[] | string {
  const found = optionsOf(text, backend);
  if (found.kind === 'unknown') return found.why;
  return [...found.options, ...(found.disableOn404 ? ['404'] : [])];
}

test('a backend inherits from the last defaults above it, and its own lines count more', () => {
  const text = `
defaults
    option persist
    option redispatch
    option httplog
backend before
defaults
    option persist
    option dontlognull
backend app
    no option dontlognull
    option redispatch
backend after
    no option persist
defaults
    option forwardfor
`;

  expect(inForce(text)).toEqual(['persist', 'redispatch']);
  expect(inForce(text, 'before')).toEqual(['persist', 'redispatch', 'httplog']);
  expect(inForce(text, 'after')).toEqual(['dontlognull']);
});

test('named defaults are inherited by name, through each other, and replace the last ones', () => {
  const text = `
defaults base
    option persist
    option httpchk GET /healthz
defaults sticky from base
    option redispatch
    http-check disable-on-404
defaults
    option httplog
backend app from sticky
    no option persist
listen plain
backend lost from elsewhere
`;

  expect(inForce(text)).toEqual(['httpchk', 'redispatch', '404']);
  expect(inForce(text, 'plain')).toEqual(['httplog']);
  expect(inForce(text, 'lost')).toBe(
    'a defaults section that backend lost inherits from is in another file',
  );
});

test.each([
  ['option persist\n no option persist', []],
  ['no option persist\n option persist', ['persist']],
  ['option persist\n default option persist', []],
  ['option redispatch', ['redispatch']],
  ['option redispatch 3', ['redispatch']],
  ['option redispatch 0', []],
  ['# option persist', []],
  ['option persist # no option persist', ['persist']],
  ['"option" per"sist"\t', ['persist']],
  ["option 'persist'\r", ['persist']],
  ['option httpchk\n http-check disable-on-404', ['httpchk', '404']],
  ['http-check disable-on-404\n option httpchk GET /', ['httpchk', '404']],
  ['http-check disable-on-404', []],
  ['option httpchk\n http-check disable-on-404\n option tcp-check', ['tcp-check']],
  ['option httpchk\n http-check expect status 200', ['httpchk']],
])('%j', (lines, expected) => {
  expect(inForce(`backend app\n ${lines}\n`)).toEqual(expected);
});

test('what hangs on a condition or on the environment is not guessed', () => {
  const conditional = 'backend app\n.if defined(X)\n option persist\n.endif\n';
  const environment = 'backend app\n option "$WHICH"\n';

  expect(inForce(conditional)).toBe(
    'line 3 stands between .if and .endif, or takes a word from the environment',
  );
  expect(inForce(environment)).toMatch(/^line 2 /);
  expect(inForce('.if defined(X)\n frontend www\n.endif\nbackend app\n option persist')).toEqual([
    'persist',
  ]);
});

test('a backend that is not there, or there twice, is said so', () => {
  expect(inForce('frontend app\n')).toBe('there is no backend app');
  expect(inForce('backend app\nbackend app\n')).toBe('there are 2 backends app');
});
