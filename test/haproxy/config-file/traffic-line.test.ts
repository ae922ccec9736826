import { expect, test } from 'vitest';
import {
  findTrafficLine,
  othersNaming,
  withBackend,
} from '../../../src/haproxy/config-file/traffic-line.ts';

const www = { frontend: 'www' };

function moved(text: string, name = www as Parameters<typeof findTrafficLine>[1]): string {
  const line = findTrafficLine(text, name);
  return line.kind === 'found' ? withBackend(text, line, 'green') : line.why;
}

const config = `# Ours.
global
\tmaxconn 100   # default_backend nobody
defaults
  mode http
frontend api
  default_backend blue
frontend www
  # default_backend old
  bind :80
  acl is_shop path_beg /shop
  use_backend   shop_blue\tif   is_shop   # the shop
  use_backend static if { path_end .css }
  default_backend\t blue\t# who has it

listen stats
  default_backend blue
backend blue
`;

test('only the frontend’s own line changes, blanks and comments stay', () => {
  expect(moved(config)).toBe(config.replace('\t blue\t# who', '\t green\t# who'));
});

test.each(['if is_shop', '  if  is_shop ', 'if "is_shop"'])(
  'a use_backend line is known by the words of its condition: %j',
  (useBackend) => {
    expect(moved(config, { frontend: 'www', useBackend })).toBe(
      config.replace('shop_blue', 'green'),
    );
  },
);

test('an anonymous condition, too; and one that is not there is said so', () => {
  expect(moved(config, { frontend: 'www', useBackend: 'if { path_end .css }' })).toBe(
    config.replace('static', 'green'),
  );
  expect(moved(config, { frontend: 'www', useBackend: 'unless is_shop' })).toBe(
    'frontend www has no line "use_backend ... unless is_shop" of its own',
  );
});

test('a listen section is an entry as well', () => {
  expect(moved('listen www\n default_backend blue')).toBe('listen www\n default_backend green');
});

test.each([
  ['frontend www\r\n\tdefault_backend blue\r\n', 'frontend www\r\n\tdefault_backend green\r\n'],
  ['frontend www\n default_backend "blue"', 'frontend www\n default_backend green'],
  ["frontend 'www'\n default_backend bl'u'e#x", "frontend 'www'\n default_backend green#x"],
  ['frontend www\n default_backend bl\\x75e\n', 'frontend www\n default_backend green\n'],
])('line ends, quotes and escapes as HAProxy reads them: %j', (text, expected) => {
  expect(moved(text)).toBe(expected);
});

test.each([
  ['backend www\n default_backend blue', 'there is no frontend www'],
  ['frontend www\nfrontend www', 'there are 2 frontends www'],
  ['frontend www\n', 'frontend www has no line "default_backend" of its own'],
  [
    'defaults\n default_backend blue\nfrontend www\n bind :80\n',
    'frontend www has no line "default_backend" of its own, it inherits line 2: write one into the frontend',
  ],
  [
    'frontend www\n default_backend blue\n default_backend green',
    'frontend www has default_backend in lines 2 and 3: leave one',
  ],
  ['frontend www\n default_backend', 'line 2 names no backend'],
  [
    'frontend www\n.if defined(X)\n default_backend blue\n.endif',
    'line 3 stands between .if and .endif, so it may not count',
  ],
  ['frontend www\n default_backend "$SIDE"', 'line 2 takes a word from the environment'],
])('what no one can be sure of is refused: %j', (text, why) => {
  expect(moved(text)).toBe(why);
});

test('a variable outside double quotes is text', () => {
  expect(findTrafficLine('frontend www\n default_backend $SIDE', www)).toMatchObject({
    backend: '$SIDE',
  });
});

test('who else sends traffic to one of the sides is named', () => {
  expect(othersNaming(config, www, ['blue', 'green', 'shop_blue'])).toEqual([
    'frontend api, line 7',
    'frontend www, line 12',
    'listen stats, line 17',
  ]);
});
