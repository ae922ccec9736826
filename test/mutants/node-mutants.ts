// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of code
import type { Mutant } from './mutant.ts';

const route = 'test/haproxy/routes/map';

/** What is said to a node, and what its answer is taken for. */
export const nodeMutants: readonly Mutant[] = [
  {
    check: 'worker identity: the worker that took the write is the one that was checked',
    file: 'src/haproxy/write-reply.ts',
    edits: [
      {
        find: 'if (!isSameWorker(worker, expected)) {',
        replace: 'if (worker.pid < 0 && !isSameWorker(worker, expected)) {',
      },
    ],
    tests: [`${route}/arm-switch.test.ts`, 'test/haproxy/write-reply.test.ts'],
  },
  {
    check: 'worker identity: an old worker that took the write is no success',
    file: 'src/haproxy/write-reply.ts',
    edits: [{ find: 'if (stopping) {', replace: 'if (stopping && worker.pid < 0) {' }],
    tests: ['test/haproxy/write-reply.test.ts', `${route}/arm-switch.test.ts`],
  },
  {
    check: 'unknown is unknown: no whole answer is not "not applied"',
    file: 'src/haproxy/write-reply.ts',
    edits: [
      {
        find: `isUnsent ? 'not_applied' : 'unknown'`,
        replace: `isUnsent ? 'not_applied' : 'not_applied'`,
      },
    ],
    tests: [`${route}/arm-switch.test.ts`],
  },
  {
    check: 'barrier: two answers with time between them',
    file: 'src/haproxy/await-answer.ts',
    edits: [
      {
        find: '  return answers(api, signal);\n}\n\nasync',
        replace: '  return true;\n}\n\nasync',
      },
    ],
    tests: [`${route}/arm-switch.test.ts`],
  },
  {
    check: 'barrier: time to settle',
    file: 'src/haproxy/await-answer.ts',
    edits: [{ find: 'await pause(settleMs);', replace: 'await pause(settleMs - 99);' }],
    tests: [`${route}/arm-switch.test.ts`],
  },
  {
    check: 'a reply that was cut is no reply',
    file: 'src/haproxy/runtime-api.ts',
    edits: [
      {
        find: 'if (isWhole(reply)) return;',
        replace: `if (isWhole(reply) || reply !== '') return;`,
      },
    ],
    tests: ['test/haproxy/runtime-api.test.ts'],
  },
  {
    check: 'allow-list of bytes on the command line',
    file: 'src/haproxy/command-line.ts',
    edits: [
      {
        find: 'if (!pattern.test(value)) refuse(what, value);',
        replace: 'if (value === "") refuse(what, value);',
      },
    ],
    tests: ['test/haproxy/command-line.test.ts'],
  },
  {
    check: 'a key that could end its word or line is not sent',
    file: 'src/haproxy/command-line.ts',
    edits: [
      {
        find: "if (whyNoMapKey(value) !== undefined) refuse('key', value);",
        replace: "if (value === '') refuse('key', value);",
      },
    ],
    tests: ['test/haproxy/command-line.test.ts', 'test/haproxy/maps/keys.test.ts'],
  },
  {
    check: 'what a key holds that HAProxy could misread is escaped',
    file: 'src/haproxy/command-line.ts',
    edits: [{ find: 'return escaped(value);', replace: 'return value;' }],
    tests: ['test/haproxy/command-line.test.ts', 'test/haproxy/maps/keys.test.ts'],
  },
  {
    check: "another key's entry, found by its prefix, is not the key's own",
    file: 'src/haproxy/replies/get-map.ts',
    edits: [
      { find: 'if (rest.startsWith(own))', replace: "if (rest.startsWith(own) || key !== '')" },
    ],
    tests: ['test/haproxy/replies/map-replies.test.ts'],
  },
  {
    check: 'the whole map is read before a switch: a key that stands twice shows nowhere else',
    file: 'src/engine/stages/preflight.ts',
    edits: [
      {
        find: "first || good > 0) ? 'whole' : 'keys'",
        replace: "first || good > 0) ? 'keys' : 'keys'",
      },
      {
        find: "const counts = extent === 'whole' ||",
        replace: 'const counts = extent !== undefined ||',
      },
    ],
    tests: ['test/engine/duplicate-keys.test.ts'],
  },
  {
    check: 'a map that was not read whole passes no gate',
    file: 'src/haproxy/maps/read-node.ts',
    edits: [
      {
        find: 'unread === undefined ? [] : [unreadMap(unread)]',
        replace: "unread === undefined || unread !== '' ? [] : [unreadMap(unread)]",
      },
    ],
    tests: [`${route}/read-silent.test.ts`],
  },
  {
    check: 'the whole map is of the worker that was read',
    file: 'src/haproxy/maps/read-node.ts',
    edits: [
      {
        find: 'return isSameWorker(scan.info.worker, worker)',
        replace: 'return worker.pid > 0',
      },
    ],
    tests: [`${route}/read-silent.test.ts`],
  },
  {
    check: 'a map file that may have changed is read again',
    file: 'src/haproxy/map-file/key-on-disk.ts',
    edits: [
      {
        find: 'return readAt - since >= longestTickMs;',
        replace: 'return readAt - since >= 0;',
      },
    ],
    tests: ['test/haproxy/map-file/key-on-disk.test.ts'],
  },
  {
    check: 'drops do not keep a connection for ever',
    file: 'src/timing/deadline.ts',
    edits: [
      {
        find: 'Math.min(awakeClock.now() + ms, this.#startedAt + limitMs)',
        replace: 'Math.max(awakeClock.now() + ms, this.#startedAt + limitMs)',
      },
    ],
    tests: ['test/haproxy/runtime-api.test.ts'],
  },
  {
    check: 'takes traffic: not with weight 0',
    file: 'src/release/server-fitness.ts',
    edits: [
      {
        find: "weight > 0 ? 'serves' : 'weightless'",
        replace: "weight >= 0 ? 'serves' : 'weightless'",
      },
    ],
    tests: ['test/release/server-fitness.test.ts', 'test/engine/takes-traffic.test.ts'],
  },
  {
    check: 'takes traffic: not as a backup',
    file: 'src/release/server-fitness.ts',
    edits: [
      {
        find: "return server.backup ? 'backup' : asActive(server);",
        replace: 'return asActive(server);',
      },
    ],
    tests: ['test/release/server-fitness.test.ts', 'test/engine/takes-traffic.test.ts'],
  },
  {
    check: 'takes traffic: a slot without an address is no server',
    file: 'src/release/server-fitness.ts',
    edits: [{ find: "if (server.health === 'unresolved') return 'empty';", replace: '' }],
    tests: ['test/release/server-fitness.test.ts', 'test/engine/takes-traffic.test.ts'],
  },
  {
    check: 'takes traffic: not where HAProxy says that the backend is DOWN',
    file: 'src/release/server-fitness.ts',
    edits: [
      {
        find: 'return isDown === true ? [] :',
        replace: 'return servers.length < 0 && isDown ? [] :',
      },
      { find: 'if (isDown === true) return false;', replace: '' },
    ],
    tests: ['test/release/server-fitness.test.ts'],
  },
  {
    check: 'the weight that counts is the smaller of the two',
    file: 'src/haproxy/replies/show-stat.ts',
    edits: [{ find: 'weight: Math.min(', replace: 'weight: Math.max(' }],
    tests: ['test/haproxy/replies/show-stat.test.ts'],
  },
  {
    check: 'a key that stands in the map twice is no side',
    file: 'src/haproxy/held.ts',
    edits: [{ find: 'if (more.length > 0)', replace: 'if (more.length > 99)' }],
    tests: ['test/haproxy/maps/memory.test.ts'],
  },
  {
    check: 'fence: a map that somebody changed meanwhile is not committed',
    file: 'src/haproxy/maps/write-fenced.ts',
    edits: [
      {
        find: 'if (JSON.stringify(before.entries) !== JSON.stringify(after.entries)) return unfenced;',
        replace: 'if (before.entries === after.entries) return unfenced;',
      },
    ],
    tests: [`${route}/write-fenced.test.ts`],
  },
  {
    check: 'fence: a reload in between is not committed over',
    file: 'src/haproxy/maps/write-fenced.ts',
    edits: [
      {
        find: 'if (after === undefined || !isSameWorker(before.worker, after.worker)) return unfenced;',
        replace: 'if (after === undefined) return unfenced;',
      },
    ],
    tests: [`${route}/write-fenced.test.ts`],
  },
  {
    check: 'fence: an entry that would come out as another keeps the map from being written anew',
    file: 'src/haproxy/maps/write-fenced.ts',
    edits: [{ find: 'if (!entries.every(isExact)) return undefined;', replace: '' }],
    tests: [`${route}/write-fenced.test.ts`],
  },
  {
    check: 'way back: a map that cannot be written anew does not keep its keys from being set',
    file: 'src/haproxy/maps/write-fenced.ts',
    edits: [
      {
        find: 'return setKeys(node, to, gate);',
        replace: "return { kind: 'refused', why: 'the map cannot be written anew' };",
      },
    ],
    tests: [`${route}/write-fenced.test.ts`],
  },
  {
    check: 'map mutex: two writers of one map one after the other',
    file: 'src/haproxy/locks.ts',
    edits: [
      {
        find: 'return inOrder(`${address} ${map}`, task);',
        replace: 'return inOrder(`${address} ${map} ${Math.random()}`, task);',
      },
    ],
    tests: [`${route}/write-fenced.test.ts`],
  },
  {
    check: 'file mutex: two writers of one map file one after the other',
    file: 'src/haproxy/locks.ts',
    edits: [
      {
        find: 'return inOrder(path, task);',
        replace: 'return inOrder(`${path} ${Math.random()}`, task);',
      },
    ],
    tests: ['test/haproxy/map-file/map-file.test.ts'],
  },
  {
    check: 'rename: the path holds all of the old or all of the new',
    file: 'src/haproxy/replace-file.ts',
    edits: [
      {
        find: 'await rename(temporary, path);',
        replace: `await (await open(path, 'r+')).writeFile(after, 'latin1');`,
      },
    ],
    tests: ['test/haproxy/map-file/map-file.test.ts'],
  },
  {
    check: 'fsync of the map file before the rename',
    file: 'src/haproxy/replace-file.ts',
    edits: [
      {
        find: `    await copyAttributes(model, path);\n    await file.sync();`,
        replace: `    await copyAttributes(model, path);`,
      },
    ],
    tests: ['test/haproxy/map-file/map-file.test.ts'],
  },
  {
    check: 'fsync of the folder after the rename',
    file: 'src/haproxy/replace-file.ts',
    edits: [{ find: `file.sync());\n  await syncFolder(path);\n`, replace: `file.sync());\n` }],
    tests: ['test/haproxy/map-file/map-file.test.ts'],
  },
  {
    check: 'a map file that somebody changed meanwhile is not overwritten',
    file: 'src/haproxy/replace-file.ts',
    edits: [
      {
        find: `    await mustBe(path, before, 'was changed by somebody else meanwhile; nothing was written');\n`,
        replace: '',
      },
    ],
    tests: ['test/haproxy/map-file/map-file.test.ts'],
  },
  {
    check: 'a file that is mounted by itself is not replaced',
    file: 'src/haproxy/files/inspect-file.ts',
    edits: [{ find: '() => mountObstacle(path, write),', replace: '' }],
    tests: ['test/haproxy/files/inspect-file.test.ts'],
  },
  {
    check: 'a file with a second name is not replaced',
    file: 'src/haproxy/files/inspect-file.ts',
    edits: [{ find: 'return nlink > 1', replace: 'return nlink > 99' }],
    tests: ['test/haproxy/files/inspect-file.test.ts'],
  },
  {
    check: 'an overwriting that a crash cut short is mended',
    file: 'src/haproxy/files/write-in-place.ts',
    edits: [{ find: 'if (isTorn(await file', replace: 'if (false && isTorn(await file' }],
    tests: ['test/haproxy/files/write-in-place.test.ts'],
  },
  {
    check: 'a new file gets the access control list of the old one',
    file: 'src/haproxy/replace-file.ts',
    edits: [{ find: '    await copyAttributes(model, path);\n', replace: '' }],
    tests: ['test/haproxy/files/copy-attributes.test.ts'],
  },
  {
    check: 'a link that leads elsewhere than it was planned is not followed',
    file: 'src/haproxy/map-file/map-file.ts',
    edits: [
      {
        find: 'if (leadsTo !== undefined && path !== leadsTo) throw moved(named, path, leadsTo);',
        replace: 'if (path === leadsTo + named) throw moved(named, path, leadsTo);',
      },
    ],
    tests: ['test/haproxy/files/write-in-place.test.ts', 'test/engine/map-files.test.ts'],
  },
  {
    check: 'what acceptance will write is tried before the switch',
    file: 'src/engine/stages/preflight.ts',
    edits: [
      {
        find: 'if (judged.failed.length > 0 || tryPersist === undefined) return judged;',
        replace: 'if (judged.failed.length >= 0 || tryPersist === undefined) return judged;',
      },
    ],
    tests: ['test/engine/map-files.test.ts'],
  },
  {
    check: 'several keys: only all of them on one side are that side',
    file: 'src/haproxy/maps/held-by-keys.ts',
    edits: [
      { find: 'on(side).length === all.length', replace: 'on(side).length > all.length / 2' },
    ],
    tests: ['test/haproxy/maps/held-by-keys.test.ts'],
  },
  {
    check: 'several backends: the weakest decides whether the side serves',
    file: 'src/release/server-fitness.ts',
    edits: [
      { find: 'partsOf(side).every(takesNow)', replace: 'partsOf(side).some(takesNow)' },
      { find: 'partsOf(side).every((part) =>', replace: 'partsOf(side).some((part) =>' },
    ],
    tests: ['test/engine/gates.test.ts'],
  },
  {
    check: 'several backends: each has room for its counterpart',
    file: 'src/engine/gates.ts',
    edits: [
      {
        find: 'const paired = to.length === from.length;',
        replace: 'const paired = to.length < 0 && to.length === from.length;',
      },
    ],
    tests: ['test/engine/gates.test.ts'],
  },
  {
    check: 'several backends: none belongs to both sides',
    file: 'src/config/map-sides.ts',
    edits: [
      { find: 'if (both === undefined) return;', replace: 'if (both !== green.value) return;' },
    ],
    tests: ['test/config/map-sides.test.ts'],
  },
];
