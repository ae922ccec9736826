// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of code
import type { Mutant } from './mutant.ts';

const zone = 'src/haproxy/routes/sessions/zone-cookie';
const route = 'test/haproxy/routes/sessions/zone-cookie/zone-cookie-route.test.ts';
const settings = 'test/haproxy/routes/sessions/zone-cookie/settings.test.ts';

/** Route `sessions` by `zone_cookie`: the zone goes with the switch, and ends with the drain. */
export const zoneMutants: readonly Mutant[] = [
  {
    check: 'zone: the switch makes cookies count',
    file: 'src/haproxy/maps/map-node.ts',
    edits: [{ find: 'return [...alongside, ...', replace: 'return [...alongside.slice(1), ...' }],
    tests: [route],
  },
  {
    check: 'zone: a map without the key is refused before the switch',
    file: 'src/haproxy/maps/key-gate.ts',
    edits: [{ find: 'if (times === 1)', replace: 'if (times < 2)' }],
    tests: [route],
  },
  {
    check: 'zone: once accepted it is in the file, too',
    file: `${zone}/zone-cookie-route.ts`,
    edits: [
      {
        find: 'const entries = entriesOf(keyed, to);',
        replace: 'const entries = entriesOf(target, to);',
      },
    ],
    tests: [route],
  },
  {
    check: 'zone: a cut-over that was not taken is not called done',
    file: `${zone}/zone-key.ts`,
    edits: [{ find: 'if (isTaken && found', replace: 'if (reply !== key || found' }],
    tests: [route],
  },
  {
    check: 'zone: its second key belongs to no other service',
    file: `${zone}/settings.ts`,
    edits: [{ find: 'route.key, [zoneKey])', replace: 'route.key)' }],
    tests: [settings],
  },
  {
    check: 'claims: two services on one place are refused',
    file: 'src/config/make-targets.ts',
    edits: [
      { find: 'if (owner === undefined) continue;', replace: 'if (owner !== name) continue;' },
    ],
    tests: ['test/config/refusals.test.ts'],
  },
];
