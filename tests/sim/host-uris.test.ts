import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type HypervisorHost, LibvirtHypervisor } from '@ferry/hypervisor';
import { SimulatedHypervisor } from '@ferry/hypervisor/simulated';
import { expect, test, vi } from 'vitest';
import { Stage } from './world.ts';

test.each([
  [{ uri: 'qemu+ext:///system?command=/tmp/x' }, ['"ext"', '"command"', 'its URI and peer URI']],
  [{ uri: 'qemu+ssh://h/system?command=/tmp/x&keyfile=/k' }, ['"command"', '"keyfile"']],
  [{ uri: 'qemu+unix:///system?socket=/run/x' }, ['unix socket', '"socket"']],
  [{ uri: 'qemu:///system' }, ['unix socket']],
  [{ uri: 'test:///default' }, ['"test"', '"/default"']],
  [{ uri: 'qemu+tls://127.0.0.1:5432/system?no_verify=1' }, ['loopback', '"no_verify"']],
  [{ uri: 'qemu+ssh://-oProxyCommand=id/system' }, ['"-oProxyCommand=id"']],
  [
    { uri: 'simulated://compute14/', peerUri: 'qemu+ssh://compute14/system?command=/tmp/x' },
    ['its peer URI qemu+ssh://compute14/system?command=/tmp/x', '"command"'],
  ],
])('a URI that is not plain: %o', async (body, words) => {
  await using stage = await Stage.open();
  stage.world.addHost('compute14');
  const before = await stage.everything();
  const refused = await stage
    .client()
    .addHost(body)
    .catch((error: unknown) => error);
  expect(refused).toMatchObject({ status: 400, code: 'bad-request' });
  const message = refused instanceof Error ? refused.message : '';
  const file = join(stage.dataDirectory, 'hosts.yaml');
  for (const word of [...words, file, 'owner', 'qemu+tls://HOST']) expect(message).toContain(word);
  expect(await stage.everything()).toEqual(before);
});

test('one that its owner allows passes, and is not used any more when its owner takes it back', async () => {
  await using stage = await Stage.open({}, { watchIntervalMs: 20 });
  stage.world.addHost('compute14');
  const file = join(stage.dataDirectory, 'hosts.yaml');
  const body = { uri: 'simulated://compute14/', peerUri: 'qemu+tls://compute14/system?pkipath=/etc/pki/x' };
  writeFileSync(file, `peerUris:\n  - ${body.peerUri}\n`, { mode: 0o600 });
  await stage.client().addHost(body);
  writeFileSync(file, '', { mode: 0o600 });
  await stage.crash();
  await stage.start();
  const { host } = await stage.client().host('compute14');
  expect(host.service).toMatchObject({ state: 'down', reason: expect.stringContaining('"pkipath"') });
  expect(host.service.reason).toContain(file);
  writeFileSync(file, `peerUris:\n  - ${body.peerUri}\n`);
  const state = async (): Promise<string> => (await stage.client().host('compute14')).host.service.state;
  await expect.poll(state).toBe('up');
});

test('a file that others may write to keeps the controller from its start', async () => {
  await using stage = await Stage.open();
  await stage.crash();
  writeFileSync(join(stage.dataDirectory, 'hosts.yaml'), 'uris: []\n');
  chmodSync(join(stage.dataDirectory, 'hosts.yaml'), 0o666);
  await expect(stage.start()).rejects.toMatchObject({
    code: 'bad-hosts-file',
    message: expect.stringContaining('has the mode 666'),
  });
});

test('a host of an older database starts no program, whatever its URI says, until the owner allows it', async ({
  skip,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-program-'));
  const [program, trace] = [join(folder, 'way'), join(folder, 'was-run')];
  writeFileSync(program, `#!/bin/sh\n: >${trace}\n`, { mode: 0o700 });
  const uri = `qemu+ext:///system?command=${program}`;
  try {
    await using stage = await Stage.open();
    await stage.crash();
    if (!existsSync(stage.database)) skip('hosts are put into a database file here');
    using database = new DatabaseSync(stage.database);
    database.prepare("UPDATE host SET uri = ?, peer_uri = ? WHERE name = 'compute11'").run(uri, uri);
    await stage.start({ hypervisor: new LibvirtHypervisor(), watchIntervalMs: 3_600_000 });
    const why = { state: 'down', reason: expect.stringContaining('it has the parameter "command"') };
    const { host, problem } = await stage.client().host('compute11');
    expect(host.service).toMatchObject(why);
    expect(problem).toContain('Only the owner of the controller allows such a one');
    expect(existsSync(trace)).toBe(false);

    writeFileSync(join(stage.dataDirectory, 'hosts.yaml'), `uris: ["${uri}"]\npeerUris: ["${uri}"]\n`);
    await stage.client().host('compute11');
    expect(existsSync(trace)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('connections to a host that was not added, or is removed, end: they would come back by themselves', async () => {
  await using stage = await Stage.open();
  await stage.crash();
  stage.world.addHost('compute14').up = false;
  const closed: string[] = [];
  class Counting extends SimulatedHypervisor {
    override host(uri: string): HypervisorHost {
      const host = super.host(uri);
      vi.spyOn(host, 'close').mockImplementation(() => Promise.resolve(void closed.push(uri)));
      return host;
    }
  }
  await stage.start({ hypervisor: new Counting(stage.world) });
  const add = (name: string): Promise<unknown> => stage.client().addHost({ uri: `simulated://${name}/` });
  await expect(add('compute14')).rejects.toMatchObject({ code: 'host-unreachable' });
  expect(closed).toEqual(['simulated://compute14/']);
  await expect(add('compute11')).rejects.toMatchObject({ code: 'host-exists' });
  expect(closed).toEqual(['simulated://compute14/']);
  await stage.client().removeHost('compute13');
  expect(closed).toEqual(['simulated://compute14/', 'simulated://compute13/']);
});
