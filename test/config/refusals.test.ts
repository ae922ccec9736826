import { describe, expect, test } from 'vitest';
import { type LooseFile, problemsOf } from './config-text.ts';

const node = (file: LooseFile) => file.fleets.edge.nodes[0];
const service = (file: LooseFile) => file.services.checkout;
const map = '/etc/haproxy/maps/bluegreen.map';
const kinds = 'map, config, sessions or servers';
const secondNode = {
  name: 'lb-2',
  runtime: 'unix:///run/lb-2.sock',
  frontend: 'http://127.0.0.1:8081',
  map_file: 'file:///run/lb-2.map',
};

describe('one wrong value is named by its path, with what was expected and what stood there', () => {
  test.each<[(file: LooseFile) => void, string]>([
    [
      (file) => (service(file).approval = { expires: 'soon' }),
      'services.checkout.approval.expires: expected a duration such as 15m, found "soon"',
    ],
    [
      (file) => (service(file).approval = { expires: 15 }),
      'services.checkout.approval.expires: expected a duration such as 15m, found 15',
    ],
    [
      (file) => (service(file).approval = { expires: '25d' }),
      'services.checkout.approval.expires: expected a duration such as 15m, found "25d"',
    ],
    [
      (file) => (service(file).drain = { timeout: '0s' }),
      'services.checkout.drain.timeout: expected a duration such as 15m, found "0s"; that is too short',
    ],
    [
      (file) => (service(file).bake = { error_rate: '101%' }),
      'services.checkout.bake.error_rate: expected a percentage such as 1%, found "101%"',
    ],
    [
      (file) => (service(file).bake = { latency: '0.5x' }),
      'services.checkout.bake.latency: expected a factor such as 2x, at least 1x, found "0.5x"',
    ],
    [
      (file) => (service(file).gates = { minimum_healthy: 0 }),
      'services.checkout.gates.minimum_healthy: expected all, or a whole number from 1 to 10000, found 0',
    ],
    [
      (file) => delete service(file).sides.green,
      "services.checkout.sides.green: expected a backend's name, of letters, digits and _ . : -, found nothing",
    ],
    [
      (file) => (service(file).route.key = 'active;shutdown'),
      'services.checkout.route.key: expected the map\'s key, of printable ASCII characters, found "active;shutdown"; ; begins another command of the Runtime API',
    ],
    [
      (file) => (service(file).apporval = {}),
      'services.checkout.apporval: expected one of the keys fleet, channel, route, sides, approval, gates, smoke, smoke_tls, bake, reason, ticket, accept, acceptance, drain, hooks, found "apporval"; did you mean approval?',
    ],
    [
      (file) => (service(file).fleet = 'edeg'),
      'services.checkout.fleet: expected one of the fleets (edge), found "edeg"; did you mean edge?',
    ],
    [
      (file) => (service(file).sides.green = 'backend_blue'),
      'services.checkout.sides.green: expected a backend of its own, found "backend_blue"; blue has it already; a switch would move nothing',
    ],
    [
      (file) => (service(file).hooks = { deploy: {} }),
      'services.checkout.hooks.deploy: expected run: [program, ...] or post: https://..., found an empty mapping',
    ],
    [
      (file) => (service(file).hooks = { deploi: { run: ['true'] } }),
      'services.checkout.hooks.deploi: expected one of the keys migrate, deploy, before_switch, after_switch, after_rollback, after_completed, found "deploi"; did you mean deploy?',
    ],
    [
      (file) => (service(file).hooks = { deploy: { run: './deploy.sh green' } }),
      'services.checkout.hooks.deploy.run: expected a list: the program, then each argument; no shell reads it, found "./deploy.sh green"',
    ],
    [
      (file) => (service(file).hooks = { deploy: { run: ['sleep', 5] } }),
      'services.checkout.hooks.deploy.run[1]: expected a text, in quotes where it would be a number or true, found 5',
    ],
    [
      (file) => (service(file).hooks = { deploy: { run: ['make'], post: 'http://ci.example/' } }),
      'services.checkout.hooks.deploy: expected run or post, not both, found a mapping',
    ],
    [
      (file) =>
        (service(file).hooks = { deploy: { run: ['x'], environment: ['SLACK_BOT_TOKEN'] } }),
      'services.checkout.hooks.deploy.environment[0]: expected a variable of the service, found "SLACK_BOT_TOKEN"; that is what the bot itself runs with; a hook gets none of it',
    ],
    [
      (file) => (service(file).hooks = { deploy: { run: ['x'], environment: ['A=b'] } }),
      `services.checkout.hooks.deploy.environment[0]: expected an environment variable's name, found "A=b"`,
    ],
    [
      (file) =>
        (service(file).hooks = { deploy: { post: 'http://ci.example/', environment: ['A'] } }),
      'services.checkout.hooks.deploy.environment: expected nothing: a call has none, found a list',
    ],
    [
      (file) => (service(file).hooks = { deploy: { post: 'file:///etc/passwd' } }),
      'services.checkout.hooks.deploy.post: expected an http:// or https:// address, found "file:///etc/passwd"',
    ],
    [
      (file) => (service(file).hooks = { deploy: { post: 'http://169.254.169.254/' } }),
      'services.checkout.hooks.deploy.post: expected an http:// or https:// address, found "http://169.254.169.254/"; link-local addresses are refused',
    ],
    [
      (file) =>
        (service(file).hooks = { after_rollback: { run: ['x'], point_of_no_return: true } }),
      'services.checkout.hooks.after_rollback.point_of_no_return: expected false: the way back has been gone by then, found true',
    ],
    [
      (file) => (service(file).route = { kind: 'percentage', map, key: 'active', steps: [10] }),
      `services.checkout.route.kind: expected ${kinds}, found "percentage"; the route percentage is not built yet`,
    ],
    [
      (file) => (service(file).route.kind = 'magic'),
      `services.checkout.route.kind: expected ${kinds}, found "magic"`,
    ],
    [
      (file) => (service(file).route.kind = 'mpa'),
      `services.checkout.route.kind: expected ${kinds}, found "mpa"; did you mean map?`,
    ],
    [
      (file) => delete service(file).route,
      `services.checkout.route: expected a mapping with kind: ${kinds}, and its keys, found nothing`,
    ],
    [
      (file) => (file.services.checkout = 'checkout'),
      'services.checkout: expected a mapping with fleet, channel, route, sides, approval, gates, smoke, smoke_tls, bake, reason, ticket, accept, acceptance, drain, hooks, found "checkout"',
    ],
    [
      (file) => (node(file).runtime = 'ssh://ops@lb-1/run/haproxy/admin.sock'),
      'fleets.edge.nodes[0].runtime: expected unix:///path/of/the/socket or tcp://host:port, found "ssh://ops@lb-1/run/haproxy/admin.sock"; ssh:// is not built yet',
    ],
    [
      (file) => (node(file).runtime = 'tcp://10.0.0.1:9000'),
      'fleets.edge.nodes[0].runtime: expected unix:// or tcp:// on the loopback, found "tcp://10.0.0.1:9000"; whoever reaches that port can move your traffic; write insecure: true on the node if the network is yours alone',
    ],
    [
      (file) => (node(file).runtime = `unix:///${'x'.repeat(107)}`),
      `fleets.edge.nodes[0].runtime: expected unix:///path/of/the/socket or tcp://host:port, found "unix:///${'x'.repeat(52)}..."; a socket's path has at most 107 bytes`,
    ],
    [
      (file) => (node(file).map_file = 'sftp://lb-1/etc/haproxy/x.map'),
      'fleets.edge.nodes[0].map_file: expected file:///path, of letters, digits and _ . / : -, found "sftp://lb-1/etc/haproxy/x.map"; sftp:// is not built yet',
    ],
    [
      (file) => (node(file).map_file = 'file:///etc/../shadow'),
      'fleets.edge.nodes[0].map_file: expected file:///path, of letters, digits and _ . / : -, found "file:///etc/../shadow"',
    ],
    [
      (file) => (node(file).frontend = 'http://169.254.169.254'),
      'fleets.edge.nodes[0].frontend: expected http://host:port or https://host:port, the node\'s own frontend, without a path, found "http://169.254.169.254"; link-local addresses are refused',
    ],
    [
      (file) => delete node(file).map_file,
      'fleets.edge.nodes[0].map_file: expected file:///path of the map on this node, or maps, found nothing',
    ],
    [
      (file) => {
        delete node(file).map_file;
        node(file).maps = { '/other.map': { id: '/other.map', file: 'file:///other.map' } };
      },
      `fleets.edge.nodes[0].maps: expected an entry "${map}": { id: <its path in this node's haproxy.cfg>, file: file://<path> }, found "/other.map"; services.checkout.route.map names it`,
    ],
    [
      (file) => (file.fleets.edge.nodes[1] = { ...secondNode, name: 'lb-1' }),
      'fleets.edge.nodes[1]: expected a name of its own, found "lb-1"; nodes[0] has it already',
    ],
    [
      (file) =>
        (file.fleets.edge.nodes[1] = {
          ...secondNode,
          runtime: 'unix:///run//haproxy/./admin.sock',
        }),
      'fleets.edge.nodes[1]: expected a runtime of its own, found "unix:///run/haproxy/admin.sock"; nodes[0] has it already',
    ],
    [
      (file) => (file.fleets.edge.nodes[1] = { ...secondNode, map_file: `file://${map}` }),
      `fleets.edge.nodes[1]: expected a map file of its own, found "file://${map}"; nodes[0] has it already`,
    ],
    [
      (file) => (file.fleets.edge.nodes = []),
      'fleets.edge.nodes: expected at least one node, found an empty list',
    ],
    [
      (file) => (file.services.cart = { ...service(file) }),
      'services.cart.route.key: expected a key of its own, found "active"; services.checkout has the same key of the same map; they would move each other',
    ],
    [
      (file) => (file.slack.commands = { status: '/release' }),
      'slack.commands.status: expected names of its own, found "/release"; slack.commands.release has it already',
    ],
    [
      (file) => (file.slack.commands = { status: 'status' }),
      'slack.commands.status[0]: expected a slash command such as /release, in small letters, found nothing',
    ],
    [
      (file) => (file.roles.approver = ['ann']),
      'roles.approver[0]: expected * (everyone), a Slack user id such as U0ANN, a user group id such as S0LEADS, or cli:<os user>, found "ann"',
    ],
    [
      (file) => (file.roles.approver = []),
      'roles.approver: expected at least 1, as services.checkout.approval.approvers asks for, found nothing',
    ],
    [
      (file) => (file.roles.releaser = []),
      'roles.releaser: expected at least one entry: nobody could ask for a release, found an empty list',
    ],
    [
      (file) => (file.database = ':memory:'),
      'database: expected a path to a SQLite file on a local disk, found ":memory:"',
    ],
    [
      (file) => (file.services = {}),
      'services: expected a mapping of services by name, at least one, found an empty mapping',
    ],
    [
      (file) => (service(file).smoke = [{ name: 'v', path: 'version' }]),
      'services.checkout.smoke[0].path: expected a path that begins with /, without spaces, found "version"',
    ],
    [
      (file) => {
        service(file).smoke = [{ name: 'v', path: '/' }];
        node(file).frontend = 'https://127.0.0.1:443';
      },
      'services.checkout.smoke_tls: expected { servername, ca } for https frontends, found nothing; the frontend of lb-1 is https://127.0.0.1:443',
    ],
    [
      (file) => (service(file).smoke_tls = { servername: 'www.example.com', ca: 'nope.pem' }),
      'services.checkout.smoke_tls.ca: expected a readable PEM file, found "/etc/pointsman/nope.pem"',
    ],
  ])('%#', (change, sentence) => {
    expect(problemsOf(change)).toEqual([sentence]);
  });

  test.each([
    ['Checkout', 'a service name of a-z, 0-9 and -, beginning with a letter, up to 32 long'],
    ['a'.repeat(33), 'a service name of a-z, 0-9 and -, beginning with a letter, up to 32 long'],
    [
      'checkout-42',
      "a service name that does not end in -<digits> (checkout-42 could be a release's id)",
    ],
    ['plan', 'a service name that is no word of the commands (plan is)'],
    ['history', 'a service name that is no word of the commands (history is)'],
  ])('the service name %s is refused', (name, expected) => {
    const problems = problemsOf((file) => {
      file.services = { [name]: file.services.checkout };
    });

    expect(problems).toEqual([`services.${name}: expected ${expected}, found "${name}"`]);
  });

  test('one map_file for services with several maps is refused for both, and says what to write', () => {
    const problems = problemsOf((file) => {
      file.services.cart = {
        ...service(file),
        route: { kind: 'map', map: '/cart.map', key: 'active' },
      };
    });

    const sentence = (path: string) =>
      `fleets.edge.nodes[0].map_file: expected maps with an entry "${path}": { id: <its path in this node's haproxy.cfg>, file: file://<path> }, found "file://${map}"; the services of this fleet use several maps, and one map_file cannot say which`;
    expect(problems).toEqual([sentence(map), sentence('/cart.map')]);
  });

  test('one slip hides no other, whatever part of the file it is in', () => {
    const problems = problemsOf((file) => {
      file.rolles = file.roles;
      file.services.checkout.bake = { for: '5x' };
      file.services.checkout.fleet = 'edgy';
      file.services.checkout.colour = 'mauve';
      file.fleets.edge.nodes[0].runtime = 'tcp://10.0.0.1:9999';
      file.fleets.edge.nodes[0].size = 'large';
    });

    expect(problems.map((sentence) => sentence.split(': expected')[0])).toEqual([
      'rolles',
      'fleets.edge.nodes[0].size',
      'services.checkout.bake.for',
      'services.checkout.colour',
      'fleets.edge.nodes[0].runtime',
      'services.checkout.fleet',
    ]);
  });

  test('all problems are named at once, in the order of the file', () => {
    const problems = problemsOf((file) => {
      file.slack.channel = '#releases';
      node(file).name = 'lb 1';
      service(file).accept = 'maybe';
      file.services.cart = { ...service(file), accept: 'manual', fleet: 'west' };
    });

    expect(problems.map((sentence) => sentence.split(':')[0])).toEqual([
      'slack.channel',
      'fleets.edge.nodes[0].name',
      'services.checkout.accept',
      'services.cart.fleet',
    ]);
  });
});
