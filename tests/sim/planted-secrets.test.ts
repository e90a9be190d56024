import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { powerOff } from '@ferry/hypervisor/simulated';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { ask } from './openstack-caller.ts';
import { runFerry } from './run-ferry.ts';
import { ServerStage } from './server-world.ts';
import type { Stage } from './world.ts';

/** One for each way in which somebody can give the controller a secret, each a word that stands nowhere else. */
const planted = {
  screen: 'planted-screen-6b1f',
  brokenScreen: 'planted-broken-77aa',
  option: 'planted-option-90d2',
  chap: 'planted-chap-4c3e',
  userData: 'planted-user-data-a1b2',
  password: 'planted-password-5d6e',
  wrongPassword: 'planted-wrong-3f4a',
  newPassword: 'planted-new-8c9d',
  credential: 'planted-credential-2e1f',
  uri: 'planted-uri-b7c8',
  adminPass: 'planted-admin-pass-1d7f',
} as const;
const encoded = Buffer.from(planted.userData).toString('base64');

/** What the owner keeps in the data directory in files of its own, by its documentation. */
const ownersFiles = /^(admin\.password|clouds\.yaml|openrc|(admin|operator|reader)\.token|secret\.key)$/;

const live = { kind: 'live-migration', host: 'compute12' } as const;
const screen = (password: string): string =>
  `<graphics type='vnc' port='-1' autoport='yes' passwd='${password}'><listen type='address' address='127.0.0.1'/></graphics>`;
const iscsi =
  "<disk type='network'><source protocol='iscsi' name='iqn/1'><host name='nas'/><auth username='u'><secret type='iscsi' usage='nas'/></auth></source><target dev='vdz'/></disk>";

function describeGuest(stage: Stage, id: string, change: (xml: string) => string): void {
  const domain = stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('there is no such guest');
  domain.xml = change(domain.xml);
}

/** Guests with secrets in their definitions: one that moves, and one that nobody lets move. */
async function plantGuests(stage: Stage): Promise<void> {
  const web = await stage.guest({ name: 'web', directory: '/shared' });
  describeGuest(stage, web, (xml) =>
    xml.replace('</devices>', `${screen(planted.screen)}${iscsi}</devices>`),
  );
  const secret = { usageType: 'iscsi', usage: 'nas', isPrivate: false, value: planted.chap };
  stage.world.host('compute11').secrets.set('s1', secret);
  const opts = await stage.guest({ name: 'opts', directory: '/shared' });
  const argument = `-object secret,id=s,data=${planted.option}`;
  describeGuest(stage, opts, (xml) =>
    xml.replace(
      '</domain>',
      `<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='${argument}'/></commandline></domain>`,
    ),
  );
}

/** Whatever is asked is answered or refused: what matters is what is said and written of it. */
const whatever = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    (answer) => JSON.stringify(answer) ?? '',
    (error: unknown) => JSON.stringify([String(error), error]),
  );

async function moveAndFail(stage: Stage): Promise<string[]> {
  const client = stage.client();
  const told: string[] = [];
  const move = async (name: string, body: Parameters<typeof client.migrate>[1]): Promise<void> => {
    told.push(await whatever(client.check(name, body)));
    const begun = await client.migrate(name, body).catch((error: unknown) => String(error));
    told.push(JSON.stringify(begun));
    if (typeof begun !== 'string') told.push(JSON.stringify(await stage.over(begun.id)));
  };
  stage.world.faults.plan('compute12', 'secrets.ensureDefined', 'refuse', 1);
  await move('web', live);
  await move('web', live);
  stage.world.faults.plan('compute11', 'migration.prepare', 'refuse', 1);
  await move('web', { ...live, host: 'compute11' });
  await move('web', { kind: 'cold-migration', host: 'compute13', shutdownTimeoutMs: 0 });
  await move('opts', live);
  // As long as one cannot be read, nothing is known of the files of the others.
  const broken = await stage.guest({ name: 'broken', directory: '/images' });
  const whole = stage.world.host('compute11').domains.get(broken)?.xml ?? '';
  describeGuest(stage, broken, (xml) =>
    xml.replace('</devices>', `<graphics passwd='${planted.brokenScreen}' passwd='x'></devices>`),
  );
  await move('broken', live);
  describeGuest(stage, broken, () => whole);
  for (const path of [`root:${planted.uri}@nowhere/system`, `nowhere/system?password=${planted.uri}`]) {
    const refused = await client.addHost({ uri: `qemu+tcp://${path}` }).catch((error: unknown) => error);
    told.push(String(refused));
  }
  return told;
}

/** A user with a password, one who does not know it, an application credential, user data. */
async function signInAndCreate(servers: ServerStage): Promise<string[]> {
  const { stage } = servers;
  const told: string[] = [];
  const domain = { id: 'default' };
  const made = await ask(stage, 'POST', '/identity/v3/users', {
    body: { user: { name: 'ada', password: planted.password } },
  });
  const { id } = made.body.user as { id: string };
  const signIn = (password: string): Promise<Awaited<ReturnType<typeof ask>>> =>
    ask(stage, 'POST', '/identity/v3/auth/tokens', {
      body: {
        auth: { identity: { methods: ['password'], password: { user: { name: 'ada', domain, password } } } },
      },
    });
  const wrong = await signIn(planted.wrongPassword);
  const right = await signIn(planted.password);
  expect([wrong.status, right.status]).toEqual([401, 201]);
  const changed = await ask(stage, 'POST', `/identity/v3/users/${id}/password`, {
    body: { user: { original_password: planted.password, password: planted.newPassword } },
  });
  const headers = {
    'x-auth-token': (await signIn(planted.newPassword)).headers.get('x-subject-token') ?? '',
  };
  // Refused for want of a project: what was refused is not to be told, either.
  const credential = await ask(stage, 'POST', `/identity/v3/users/${id}/application_credentials`, {
    body: { application_credential: { name: 'robot', secret: planted.credential, roles: 'wrong' } },
    headers,
  });
  const { adminPass } = planted;
  const refused = await servers.create({ name: 'made', user_data: encoded, adminPass, flavorRef: 'none' });
  // Its answer, which nobody else gets, has the password.
  const created = await servers.created({ name: 'made', user_data: encoded, adminPass, config_drive: true });
  told.push(...[made, wrong, right, changed, credential, refused].map(({ text }) => text));
  const seen = await ask(stage, 'GET', `/v2.1/servers/${created}`, { role: 'reader', minor: 1 });
  told.push(seen.text);
  return told;
}

/** All that the APIs show a reader, beside what was answered at once. */
async function shown(stage: Stage): Promise<Record<string, string>> {
  const reader = stage.client('reader');
  const events: unknown[] = [];
  const gone = new AbortController();
  // An event that is the last: it is followed up to it.
  const last = stage.put({ name: 'the-end', directory: '/shared', host: 'compute12' });
  await stage.client().adoptInstance({ host: 'compute12', domain: last });
  for await (const event of reader.events(0, gone.signal)) {
    events.push(event);
    if (event.subjectId === last) break;
  }
  gone.abort();
  const doctor = await runFerry(stage, ['doctor']);
  const hosts = await reader.hosts();
  return {
    events: JSON.stringify(events),
    audit: JSON.stringify(await stage.client().audit()),
    migrations: JSON.stringify(await reader.migrations()),
    instances: JSON.stringify(await reader.instances()),
    hosts: JSON.stringify(await Promise.all(hosts.map(({ name }) => reader.host(name)))),
    servers: (await ask(stage, 'GET', '/v2.1/servers/detail', { role: 'reader' })).text,
    doctor: doctor.out + doctor.err,
  };
}

/** Files of the data directory, images of drives and of the library apart from those that the owner is to have. */
function files(directory: string): Record<string, string> {
  const all = readdirSync(directory, { recursive: true, withFileTypes: true });
  const kept = all.filter((entry) => entry.isFile() && !ownersFiles.test(entry.name));
  return Object.fromEntries(
    kept.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(directory.length), readFileSync(path, 'latin1')];
    }),
  );
}

test('what is secret is in no log, event, audit record, error, answer, file or argument that it is not meant for', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const often = { watchIntervalMs: 20, definitionAgeMs: 20 } as const;
  await using servers = await ServerStage.open({ log, ...often, fenceHook: '/bin/false' });
  const { stage } = servers;
  await plantGuests(stage);
  const answers = [...(await moveAndFail(stage)), ...(await signInAndCreate(servers))];
  const hook = join(stage.dataDirectory, 'hook');
  const heard = join(stage.dataDirectory, 'hook-heard');
  writeFileSync(hook, `#!/bin/sh\n{ echo "$0 $@"; env; } > ${heard}\n`);
  chmodSync(hook, 0o700);
  await stage.crash();
  await stage.start({ fenceHook: hook });
  const { host } = await stage.client().instance('web');
  // What was read before the instance came there is not what its evacuation starts from.
  const looks = (): number =>
    stage.world.faults.calls.filter((call) => call.startsWith(`${host} storage.ensureNoProbeFile`)).length;
  const before = looks();
  await expect.poll(() => looks() - before).toBeGreaterThanOrEqual(4);
  powerOff(stage.world.host(host));
  answers.push(await whatever(stage.client().fenceHost(host, {})));
  answers.push(await whatever(stage.client().evacuate('web', {})));
  const places: Record<string, string> = {
    log: lines.join(''),
    answers: answers.join('\n'),
    ...(await shown(stage)),
  };
  await stage.crash();
  Object.assign(places, files(stage.dataDirectory));
  // What is looked through is what it is said to be.
  for (const end of ['completed', 'failed', 'confirmed'])
    expect(places['answers']).toContain(`"status":"${end}"`);
  expect(places['migrations']).toContain('"kind":"evacuation"');
  expect(readFileSync(heard, 'utf8')).toContain(host);
  expect(places['log']).toContain('"level":30');
  expect(places['doctor']).not.toBe('');
  const secrets = { ...planted, encoded };
  const found = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(secrets).flatMap(([what, secret]) =>
      text.includes(secret)
        ? [
            `${what} in ${place}: …${text.slice(Math.max(0, text.indexOf(secret) - 120), text.indexOf(secret) + 40)}…`,
          ]
        : [],
    ),
  );
  expect(found).toEqual([]);
});
