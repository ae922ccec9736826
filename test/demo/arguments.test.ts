import { expect, test } from 'vitest';
import { readArguments, usage } from '../../demo/arguments.ts';
import { routeNames } from '../../demo/routes/names.ts';

test('without words it is the page, over a map', () => {
  expect(readArguments([])).toEqual({ kind: 'watch', route: 'map' });
  expect(readArguments(['--script'])).toEqual({ kind: 'script', route: 'map' });
});

test('the local Slack alone stands in the usage, and takes a port', () => {
  expect(readArguments(['--slack', '--port', '8080'])).toEqual({ kind: 'slack', port: 8080 });
  expect(usage).toContain('--slack');
});

test.each(routeNames)('the route %s is played by its name, and stands in the usage', (route) => {
  expect(readArguments(['--route', route, '--script', '--port', '8080'])).toEqual({
    kind: 'script',
    route,
    port: 8080,
  });
  expect(usage).toContain(route);
});

test('a route that there is not is answered with all that there are', () => {
  expect(readArguments(['--route', 'toString'])).toEqual({
    kind: 'wrong',
    sentence: `--route "toString" is none of ${routeNames.join(', ')}.`,
  });
});
