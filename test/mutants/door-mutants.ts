import type { Mutant } from './mutant.ts';

const bounded = 'test/web/bounded-server.test.ts';
const deliveries = 'test/slack/deliveries.test.ts';

/** What comes in from outside: connections, signed requests, deliveries. */
export const doorMutants: readonly Mutant[] = [
  {
    check: 'door: http: a half request is destroyed, not only ended',
    file: 'src/web/bounded-server.ts',
    edits: [{ find: '  socket.destroySoon();\n', replace: '' }],
    tests: [bounded],
  },
  {
    check: 'door: http: connections are bounded',
    file: 'src/web/bounded-server.ts',
    edits: [
      { find: '.size <= this.#most) return;', replace: '.size <= 1e9 + this.#most) return;' },
    ],
    tests: [bounded],
  },
  {
    check: 'door: http: a request that is being answered is not cut for a new one',
    file: 'src/web/bounded-server.ts',
    edits: [{ find: '    request.once(', replace: '    request.off(' }],
    tests: [bounded],
  },
  {
    check: 'door: signed http: JSON is not read as a form',
    file: 'src/slack/signed-body.ts',
    edits: [
      {
        find: "isObject ? refused('JSON sent as a form') : readForm(body)",
        replace: 'readForm(body)',
      },
      { find: 'if (names.size < fields.length) return', replace: 'if (fields.length < 0) return' },
      { find: 'if (fields.length > 1) return', replace: 'if (fields.length < 0) return' },
      { find: '![...names].every((name) =>', replace: '![...names].some((name) =>' },
    ],
    tests: [deliveries],
  },
  {
    check: 'door: deliveries: who acts is a person',
    file: 'src/slack/delivery.ts',
    edits: [
      { find: 'const userId = like(/^[UW][A-Z0-9]+$/);', replace: 'const userId = like(/./);' },
    ],
    tests: [deliveries],
  },
  {
    check: 'door: the desk: who acts is a person',
    file: 'src/slack/desk.ts',
    edits: [{ find: 'if (isSlackUser(user)) return true;', replace: 'if (user) return true;' }],
    tests: [deliveries],
  },
  {
    check: "door: deliveries: another app's are not taken",
    file: 'src/slack/delivery.ts',
    edits: [
      {
        find: 'if (app !== undefined && payload.api_app_id',
        replace: 'if (app === null && payload.api_app_id',
      },
    ],
    tests: [deliveries],
  },
  {
    check: 'door: groups: what gives power is read afresh',
    file: 'src/slack/groups.ts',
    edits: [{ find: "reading === 'recent' ? this", replace: 'reading ? this' }],
    tests: ['test/slack/standing.test.ts'],
  },
  {
    check: 'door: groups: approving asks for a fresh reading',
    file: 'src/policy/judge.ts',
    edits: [{ find: "? 'recent' : 'fresh';", replace: "? 'recent' : 'recent';" }],
    tests: ['test/policy/judge.test.ts'],
  },
  {
    check: 'door: groups: an old reading serves nothing but going back',
    file: 'src/policy/judge.ts',
    edits: [{ find: 'const served = mayRestOnOld.has(deed)', replace: 'const served = deed' }],
    tests: ['test/policy/judge.test.ts'],
  },
  {
    check: 'door: approvals needed never sink for a pending release',
    file: 'src/engine/replan.ts',
    edits: [
      {
        find: 'Math.max(before.approvers, approvers)',
        replace: 'Math.min(before.approvers, approvers)',
      },
      {
        find: 'before.selfApproval && approval.selfApproval',
        replace: 'before.selfApproval || approval.selfApproval',
      },
    ],
    tests: ['test/engine/approval.test.ts'],
  },
  {
    check: 'door: a hook does not call where a cloud keeps its credentials',
    file: 'src/hooks/send-call.ts',
    edits: [
      {
        find: 'await within(ask.signal, pin(hostname, ask.resolve ?? systemResolver))',
        replace:
          "await (ask.resolve ?? systemResolver)(hostname).then((to) => (to.address === '' ? '' : to), pin)",
      },
    ],
    tests: ['test/hooks/run-hook.test.ts'],
  },
  {
    check: 'door: addresses that embed a forbidden one are forbidden',
    file: 'src/address/forbidden-address.ts',
    edits: [{ find: '96 + Number(bits)', replace: '128' }],
    tests: ['test/address/forbidden-address.test.ts'],
  },
  {
    check: 'door: tokens are wiped from /proc',
    file: 'src/cli/hide-environment.ts',
    edits: [{ find: '    wipe(new Set(names));', replace: '    wipe(new Set());' }],
    tests: ['test/bot/hooks.test.ts'],
  },
  {
    check: 'door: who approves is told of an override',
    file: 'src/slack/card-buttons.ts',
    edits: [{ find: '{lockWords(release, hold)}`', replace: '{``}`' }],
    tests: ['test/slack/card.test.ts'],
  },
  {
    check: 'door: an unknown person of the command line needs one more approval',
    file: 'src/policy/unknown-person.ts',
    edits: [
      { find: 'counts ? approvers : approvers + 1', replace: 'counts ? approvers : approvers' },
    ],
    tests: ['test/engine/approval.test.ts'],
  },
  {
    check: 'door: an unknown person is no second one',
    file: 'src/engine/acts/second-person.ts',
    edits: [
      {
        find: 'if (isUnknownPerson(config, by.actor)) {',
        replace: 'if (isUnknownPerson(config, by.actor) && id === "") {',
      },
    ],
    tests: ['test/engine/hooks/no-return.test.ts'],
  },
  {
    check: 'door: socket: what is no delivery does not reach the client',
    file: 'src/slack/socket-guard.ts',
    edits: [{ find: 'if (why !== undefined) {', replace: "if (why === 'never') {" }],
    tests: [deliveries],
  },
  {
    check: 'door: what the face has to refuse is not carried out',
    file: 'src/commands/door.ts',
    edits: [
      {
        find: 'if (asker.refusal !== undefined) return',
        replace: "if (asker.refusal === '') return",
      },
    ],
    tests: ['test/engine/approval.test.ts'],
  },
];
