import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../sim/openstack-caller.ts';
import { tinyImage } from '../sim/server-world.ts';
import { until } from '../sim/world.ts';
import type { ClientResult } from './client.ts';
import { FerryServer } from './ferry-server.ts';

// What a user of servers, images, volumes, networks and identity types to see what there is.

const program = readFileSync(join(import.meta.dirname, 'run-commands.py'), 'utf8');
let server: FerryServer;
let serverId: string;

beforeAll(async () => {
  server = await FerryServer.start();
  const { stage } = server;
  const client = stage.client();
  for (const { name } of await client.hosts()) await client.setHost(name, { imageDirectory: '/images' });
  const post = async (path: string, body: unknown): Promise<{ id: string }> => {
    const answer = await ask(stage, 'POST', path, { body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    const [inner] = Object.values<{ id: string }>(answer.body);
    return answer.body.id === undefined && inner !== undefined ? inner : answer.body;
  };
  const image = await post('/image/v2/images', {
    name: 'tiny',
    disk_format: 'qcow2',
    container_format: 'bare',
  });
  await ask(stage, 'PUT', `/image/v2/images/${image.id}/file`, { body: tinyImage() });
  await post('/v2.1/flavors', { flavor: { id: '1', name: 'small', ram: 64, vcpus: 1, disk: 1 } });
  await post('/v2.1/os-server-groups', { server_group: { name: 'apart', policies: ['anti-affinity'] } });
  await post('/v2.1/os-aggregates', { aggregate: { name: 'rack' } });
  const made = await post('/v2.1/servers', {
    server: { name: 'web', imageRef: image.id, flavorRef: '1', networks: [{ uuid: 'default' }] },
  });
  serverId = made.id;
  await until('web is there', async () => {
    const { body } = await ask(stage, 'GET', `/v2.1/servers/${serverId}`);
    return body.server.status === 'ACTIVE' ? true : null;
  });
  await client.addSecurityGroup({ name: 'sec', rules: [{ protocol: 'tcp', portMin: 443 }] });
  await client.addVolume({ name: 'data', source: 'nbd://nas/data' });
});

afterAll(() => server[Symbol.asyncDispose]());

/** Runs commands one after another, in one process for all. */
async function runAll(
  lines: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ClientResult[]> {
  const commands = JSON.stringify(lines.map((line) => line.split(' ')));
  // A token is read in no time; a password is not. Its user is none of the token's words.
  const signedIn = {
    OS_AUTH_TYPE: 'v3token',
    OS_TOKEN: await server.token(),
    OS_USERNAME: undefined,
    OS_USER_DOMAIN_NAME: undefined,
    OS_PASSWORD: undefined,
  };
  const clients = server.clients.as({ ...signedIn, ...environment });
  const { stdout, stderr } = await clients.run(['python3', '-'], `${program}run_all(${commands})\n`);
  if (stdout === '') throw new Error(`the commands were not run: ${stderr}`);
  return JSON.parse(stdout) as ClientResult[];
}

/** Those that fail, with what they say. */
async function failuresOf(lines: readonly string[], environment?: NodeJS.ProcessEnv): Promise<unknown[]> {
  const results = await runAll(lines, environment);
  expect(results).toHaveLength(lines.length);
  return results.flatMap(({ code, stdout, stderr }, index) =>
    code === 0 ? [] : [[lines[index], (stderr + stdout).slice(-400)]],
  );
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

test('what there is of servers is listed and shown', async () => {
  const lines = linesOf(`
    keypair create mine
    server add security group web sec
    availability zone list
    availability zone list --compute --long
    extension list --compute
    limits show --absolute
    limits show --rate
    versions show
    aggregate list
    aggregate list --long
    aggregate show rack
    compute service list
    compute service list --long
    host list
    host show compute11
    flavor list
    flavor list --all --long
    flavor show small
    hypervisor list
    hypervisor list --long
    hypervisor list --matching compute11
    hypervisor show compute11
    hypervisor stats show
    keypair list
    keypair list --user admin
    keypair show mine
    keypair show --public-key mine
    quota list --compute
    quota list --compute --detail
    server list
    server list --long
    server list --all-projects
    server list --deleted
    server list --no-name-lookup
    server list --host compute11 --name we --flavor small --image tiny --project admin --user admin
    server list --ip 10
    server list --status ACTIVE --power-state running --vm-state active
    server list --limit 1
    server list --limit 0
    server list --marker web
    server list --changes-since 2011-01-01
    server list --reservation-id r-0
    server list --availability-zone nova --key-name mine
    server list --config-drive
    server show web
    server show --diagnostics web
    server event list web
    server event list --long web
    server group list
    server group list --long
    server group show apart
    server migration list
    server volume list web
    usage list
    usage show
    server remove security group web sec
  `);
  expect(await failuresOf(lines)).toEqual([]);
  const later = linesOf(`
    server list --long --tags a
    server list --locked
    server show web
    server show --topology web
    server event list --long web
    server migration list --server web
    server group show apart
    hypervisor list --long
    hypervisor show compute11
    keypair list
    usage list
    server volume list web
  `);
  expect(await failuresOf(later, { OS_COMPUTE_API_VERSION: '2.92' })).toEqual([]);
});

test('images, volumes and networks are, too', async () => {
  const lines = linesOf(`
    image list
    image list --long
    image list --public
    image list --private
    image list --shared
    image list --community
    image list --property os_distro=x --name tiny --status active --sort name:asc --limit 1 --tag x
    image show tiny
    image show --human-readable tiny
    image member list tiny
    volume list
    volume list --long
    volume list --all-projects --status available --name data
    volume show data
    volume snapshot list
    volume backup list
    volume type list
    volume service list
    network list
    network list --long
    network show default
    network agent list
    subnet list
    port list
    port list --server web
    router list
    floating ip list
    security group list
    security group show sec
    security group rule list
    security group rule list sec
    address group list
    address scope list
    ip availability list
    local ip list
    network flavor list
    network flavor profile list
    network meter list
    network meter rule list
    network qos policy list
    network qos rule type list
    network rbac list
    network segment list
    network service provider list
    network trunk list
    subnet pool list
    quota list --network
  `);
  expect(await failuresOf(lines)).toEqual([]);
});

test('users, projects, roles and what there is none of are, too', async () => {
  const lines = linesOf(`
    application credential create robot
    application credential list
    application credential show robot
    access rule list
    catalog list
    catalog show compute
    consumer list
    credential list
    domain list
    domain show default
    ec2 credentials list
    endpoint group list
    endpoint list
    endpoint list --service compute --interface public
    federation domain list
    federation project list
    group list
    identity provider list
    implied role list
    limit list
    mapping list
    policy list
    project list
    project list --long
    project list --my-projects
    project show admin
    region list
    region show RegionOne
    registered limit list
    role assignment list --names
    role assignment list --effective --user admin --names
    role assignment list --auth-user --auth-project
    role list
    role show admin
    service list --long
    service provider list
    service show nova
    token issue
    trust list
    user list --long
    user list --project admin
    user show admin
  `);
  expect(await failuresOf(lines)).toEqual([]);
});

test('what is not there is refused in words', async () => {
  const refused = [
    ['server add network web default', 'Ferry has no ports'],
    ['server rebuild web', 'rebuild is not done by Ferry'],
    ['server rescue web', 'rescue is not done by Ferry'],
    ['server shelve web', 'shelve is not done by Ferry'],
    ['server image create web', 'createImage is not done by Ferry'],
    ['server backup create web', 'createBackup is not done by Ferry'],
    ['server restore web', 'restore is not done by Ferry'],
  ] as const;
  const results = await runAll(refused.map(([line]) => line));
  for (const [index, [line, words]] of refused.entries()) {
    const { code, stdout, stderr } = results[index] ?? { code: 0, stdout: '', stderr: '' };
    expect([line, code]).toEqual([line, 1]);
    expect(stdout + stderr).toContain(words);
  }
});
