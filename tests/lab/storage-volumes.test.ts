import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseContent, guestChecksum, type LabGuest, StorageServer } from '@ferry/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';

const content = guestChecksum(baseContent());
const chap = { user: 'ferry', password: 'known-to-few-alone', usage: 'san' } as const;
const uuid = '5ec8e7b2-0000-4000-8000-000000000001';

let world: LabWorld;
let storage: StorageServer;

beforeAll(async () => {
  world = await LabWorld.up('volumes', 3);
  storage = new StorageServer(world.host('compute13'));
});
afterAll(() => world?.down());

/** Makes the secret of the storage known to a host, with that password. */
async function defineSecret(host: string, password: string, attributes = ''): Promise<void> {
  const xml = `<secret ${attributes}><uuid>${uuid}</uuid><usage type='iscsi'><target>${chap.usage}</target></usage></secret>`;
  const script = `cat > /run/secret.xml; virsh -q secret-define /run/secret.xml; virsh -q secret-set-value ${uuid} --base64 ${btoa(password)}`;
  await world.host(host).execOk(['sh', '-ec', script], { input: xml });
}

async function secretOf(host: string): Promise<string | null> {
  const { code, stdout } = await world.host(host).exec(['virsh', '-q', 'secret-get-value', uuid]);
  return code === 0 ? atob(stdout.trim()) : null;
}

/** Names of a host's pools that are somebody's, with whether they run. */
async function pools(host: string): Promise<string[]> {
  const list = await world.host(host).virsh('pool-list', '--all');
  const rows = list.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter(([name]) => name === 'san').map(([name, state]) => `${name} ${state}`);
}

/** Severity and remedy of what a check found of one code. */
async function found(instance: string, code: string): Promise<[string, string][]> {
  const { findings } = await world.client.check(instance, { kind: 'live-migration', host: 'compute12' });
  return findings.filter((one) => one.code === code).map(({ severity, remedy }) => [severity, remedy]);
}

test('a disk that takes a password: its secret goes along, is told to nobody, and goes again with the guest', async () => {
  await defineSecret('compute11', chap.password);
  const networkDisk = await storage.iscsi('chap', chap);
  const guest = await world.guest({ name: 'chap', host: 'compute11', networkDisk });
  expect((await found('chap', 'secret-present'))[0]?.[0]).toBe('info');
  const { id } = await guest.waitAlive();
  const moved = await world.moved('chap', 'live', 'compute12');
  expect(moved).toMatchObject({ status: 'completed', error: null });
  expect((await guest.waitAlive()).id).toBe(id);
  expect(await guest.diskChecksum()).toBe(content);
  expect(await secretOf('compute12')).toBe(chap.password);
  expect(await secretOf('compute11')).toBe(chap.password);

  const told = [world.ferry.log, JSON.stringify(await world.client.migrations())];
  for (const file of readdirSync(world.ferry.dataDirectory).filter((name) => name.startsWith('ferry.db')))
    told.push(readFileSync(join(world.ferry.dataDirectory, file), 'latin1'));
  for (const text of told) {
    expect(text).not.toContain(chap.password);
    expect(text).not.toContain(btoa(chap.password));
  }

  expect(await world.moved('chap', 'cold', 'compute11')).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  expect(await secretOf('compute12')).toBeNull();
  expect(await secretOf('compute11')).toBe(chap.password);
});

test('a migration that is taken back takes the secret away again', { tags: 'thorough' }, async () => {
  const { id } = await world.move('chap', 'live', 'compute12', { bandwidthBytesPerSecond: 1024 * 1024 });
  await world.waitFor(id, 'sending', ({ status }) => status === 'running');
  expect(await secretOf('compute12')).toBe(chap.password);
  await world.client.abortMigration(id);
  expect(await world.ended(id)).toMatchObject({ status: 'cancelled' });
  expect(await secretOf('compute12')).toBeNull();
  expect(await world.lab.runners('chap')).toEqual(['compute11']);
});

test('a controller that is killed meanwhile leaves the secret where the guest is, and the next one knows that it was brought', async () => {
  const { id } = await world.move('chap', 'live', 'compute12', { bandwidthBytesPerSecond: 8 * 1024 * 1024 });
  await world.waitFor(
    id,
    'sending',
    ({ status, progress }) => status === 'running' && (progress?.memoryBytes ?? 0) > 0,
  );
  await world.ferry.kill();
  await world.ferry.start();
  expect(await world.ended(id)).toMatchObject({ status: 'completed', error: null });
  expect(await world.lab.runners('chap')).toEqual(['compute12']);
  expect(await secretOf('compute12')).toBe(chap.password);
  expect(await world.moved('chap', 'live', 'compute11')).toMatchObject({ status: 'completed', error: null });
  expect(await secretOf('compute12')).toBeNull();
});

test('a secret of another value is told before the move; one that is private is brought by hand', {
  tags: 'thorough',
}, async () => {
  await defineSecret('compute12', 'something else entirely');
  const [other] = await found('chap', 'secret-present');
  expect(other?.[0]).toBe('error');
  expect(other?.[1]).toContain('virsh secret-set-value');
  await world.host('compute12').virsh('secret-undefine', uuid);
  await defineSecret('compute11', chap.password, "private='yes'");
  const [secret] = await found('chap', 'secret-present');
  expect(secret?.[0]).toBe('error');
  expect(secret?.[1]).toContain('virsh secret-define');
  // Brought by hand it does, and Ferry leaves it where it is.
  await defineSecret('compute12', chap.password, "private='yes'");
  expect(await world.moved('chap', 'live', 'compute12')).toMatchObject({ status: 'completed' });
  expect(await world.moved('chap', 'live', 'compute11')).toMatchObject({ status: 'completed' });
  expect(await world.host('compute12').virsh('secret-list')).toContain(uuid);
  await world.host('compute11').virsh('destroy', 'chap');
});

/** A guest on a unit of a pool of iSCSI, which is named by the pool. */
async function guestOnUnit(name: string, index: number): Promise<LabGuest> {
  const { sourceXml, ...disk } = await storage.iscsi(name);
  const networkDisk = { ...disk, sourceXml };
  const guest = await world.guest({ name, host: 'compute11', networkDisk, off: true, index });
  const pool = `<pool type='iscsi-direct'><name>san</name><source><host name='${world.host('compute13').address}'/><device path='${storage.iqn(name)}'/><initiator><iqn name='iqn.2026-11.example.lab:hosts'/></initiator></source></pool>`;
  const script = `cat > /run/pool.xml; virsh -q pool-define /run/pool.xml; virsh -q pool-start san; virsh -q pool-autostart san
    unit=$(virsh -q vol-list san | awk '$1 ~ /:1$/ { print $1 }')
    virsh -q dumpxml ${name} --inactive | tr -d '\\n' | sed -e "s#<disk type='network'#<disk type='volume'#" -e "s#<source protocol='iscsi'.*</source>#<source pool='san' volume='$unit'/>#" > /run/unit.xml
    virsh -q define /run/unit.xml; virsh -q start ${name}`;
  await world.host('compute11').execOk(['sh', '-ec', script], { input: pool });
  await guest.waitAlive();
  return guest;
}

test('a volume of a pool of iSCSI: the pool is defined where it may be, and goes again when nobody uses it', {
  tags: 'thorough',
}, async () => {
  const guest = await guestOnUnit('unit', 5);
  const [missing] = await found('unit', 'pool-present');
  expect(missing?.[0]).toBe('error');
  expect(missing?.[1]).toContain('--define-pools');
  await expect(world.move('unit', 'live', 'compute12')).rejects.toMatchObject({ code: 'checks-failed' });

  const { id } = await guest.waitAlive();
  const moved = await world.moved('unit', 'live', 'compute12', { definePools: true });
  expect(moved).toMatchObject({ status: 'completed', error: null, plan: { form: 'peer-to-peer' } });
  expect((await guest.waitAlive()).id).toBe(id);
  expect(await guest.diskChecksum()).toBe(content);
  expect(await pools('compute12')).toEqual(['san active']);
  expect(await world.host('compute12').virsh('dumpxml', 'unit', '--inactive')).toContain(
    "<source pool='san'",
  );

  expect(await world.moved('unit', 'cold', 'compute11')).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  expect(await pools('compute12')).toEqual([]);
  expect(await pools('compute11')).toEqual(['san active']);
});

test('a pool of another source under the same name is refused; one that is stopped is started, and stopped again', {
  tags: 'thorough',
}, async () => {
  const target = world.host('compute12');
  const define = async (iqn: string): Promise<void> => {
    const xml = `<pool type='iscsi-direct'><name>san</name><source><host name='${world.host('compute13').address}'/><device path='${iqn}'/><initiator><iqn name='iqn.2026-11.example.lab:hosts'/></initiator></source></pool>`;
    await target.execOk(['sh', '-ec', 'cat > /run/pool.xml; virsh -q pool-define /run/pool.xml'], {
      input: xml,
    });
  };
  await define(storage.iqn('other'));
  const [other] = await found('unit', 'pool-present');
  expect(other?.[0]).toBe('error');
  expect(other?.[1]).toContain('--map-pool san=');
  await target.virsh('pool-undefine', 'san');
  await define(storage.iqn('unit'));
  expect((await found('unit', 'pool-present'))[0]?.[0]).toBe('info');

  const { id } = await world.move('unit', 'live', 'compute12', { bandwidthBytesPerSecond: 1024 * 1024 });
  await world.waitFor(id, 'sending', ({ status }) => status === 'running');
  expect(await pools('compute12')).toEqual(['san active']);
  await world.client.abortMigration(id);
  expect(await world.ended(id)).toMatchObject({ status: 'cancelled' });
  expect(await pools('compute12')).toEqual(['san inactive']);
});

test('an encrypted disk moves cold with its key, which goes again with the guest; live it would not be copied', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'luks', host: 'compute11', disk: 'raw', off: true, index: 8 });
  const key = { id: '5ec8e7b2-0000-4000-8000-000000000002', phrase: 'a phrase of nobody' };
  const file = guest.diskPath.replace('.img', '.luks');
  const xml = `<secret><uuid>${key.id}</uuid><usage type='volume'><volume>${file}</volume></usage></secret>`;
  const script = `cat > /run/key.xml; virsh -q secret-define /run/key.xml; virsh -q secret-set-value ${key.id} --base64 ${btoa(key.phrase)}
    key="--object secret,id=k,data='${key.phrase}'"
    eval qemu-img create -q $key -f luks -o key-secret=k ${file} 256M
    eval qemu-img convert -q $key -n --target-image-opts ${guest.diskPath} driver=luks,key-secret=k,file.filename=${file}
    rm ${guest.diskPath}; chown libvirt-qemu:libvirt-qemu ${file}
    virsh -q dumpxml luks --inactive | sed -e "s#<source file='${guest.diskPath}'/>#<source file='${file}'><encryption format='luks'><secret type='passphrase' uuid='${key.id}'/></encryption></source>#" > /run/luks.xml
    virsh -q define /run/luks.xml; virsh -q start luks`;
  await world.host('compute11').execOk(['sh', '-ec', script], { input: xml });
  await guest.waitAlive();
  const live = await world.client.check('luks', { kind: 'live-migration', host: 'compute12' });
  expect(live.plan?.obstacles).toMatchObject([{ kind: 'encrypted-live' }]);

  expect(await world.moved('luks', 'cold', 'compute12')).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await guest.diskChecksum()).toBe(content);
  expect(await world.host('compute12').virsh('secret-list')).toContain(key.id);
  expect(await world.moved('luks', 'cold', 'compute11')).toMatchObject({ status: 'confirmed', error: null });
  await guest.waitAlive();
  expect(await world.host('compute12').virsh('secret-list')).not.toContain(key.id);
  await world.host('compute11').virsh('destroy', 'luks');
});

test('RBD is known as a disk on the network; what keeps the target from it is found, and no probe is left', {
  tags: 'thorough',
}, async () => {
  const guest = await world.guest({ name: 'ceph', host: 'compute11', off: true, index: 7 });
  // One server is there and serves no such thing, the other has no address.
  const servers = { vdb: world.host('compute13').address, vdc: 'no-such-monitor' };
  for (const [disk, server] of Object.entries(servers)) {
    const rbd = `<disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='rbd' name='vms/${disk}'><host name='${server}' port='6789'/></source><target dev='${disk}' bus='virtio'/></disk>`;
    const attach = 'cat > /run/rbd.xml && virsh -q attach-device ceph /run/rbd.xml --config';
    await world.host('compute11').execOk(['sh', '-ec', attach], { input: rbd });
  }
  const report = await world.client.check('ceph', { kind: 'cold-migration', host: 'compute12' });
  expect(report.possible).toBe(false);
  const of = (disk: string) => report.findings.find((one) => one.compared['disk'] === disk);
  for (const disk of ['vdb', 'vdc'])
    expect(of(disk)).toMatchObject({
      code: 'storage-present',
      severity: 'error',
      message: expect.stringContaining(`the target cannot open vms/${disk}`) as string,
      compared: { obstacle: 'unreachable' },
    });
  expect(of('vdc')?.message).toContain('error connecting');
  const probes = await world.host('compute12').virsh('list', '--all', '--name');
  expect(probes).not.toContain('ferry-probe');
  const left = await world.host('compute12').exec(['pgrep', '-f', 'guest=ferry-probe']);
  expect(left).toMatchObject({ code: 1 });
  expect(await world.defines('compute11', guest.name)).toBe(true);
});
