import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LabWorld } from './lab-world.ts';
import { disk, makeImage, putTiny } from './tiny-domain.ts';

const ownPort = 46_509;
const mebibyte = 1024 * 1024;

let world: LabWorld;
let folder: string;
let lie: string;

/** compute11 and compute12 are honest; between the controller and compute13 stands somebody who lies. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-liar-'));
  lie = join(folder, 'lie');
  world = await LabWorld.up('liar', 3, { addHosts: false });
  const [address = '', port = '16509'] = new URL(world.host('compute13').uri).host.split(':');
  const proxy = world.lab.spawnInCtl(
    [process.execPath, join(import.meta.dirname, 'lying-proxy.ts'), address, port, String(ownPort), lie],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (proxy.stdout !== null) await once(proxy.stdout, 'data');
  const uri = `qemu+tcp://127.0.0.1:${ownPort}/system`;
  world.ferry.allow([uri]);
  for (const name of ['compute11', 'compute12']) await world.addHost({ uri: world.host(name).uri });
  await putTiny(world.host('compute13'), { name: 'evil' }, 'start');
  await world.client.addHost({ uri, name: 'liar', peerUri: world.host('compute13').uri });
  const here = world.host('compute11');
  await putTiny(here, { name: 'web', devices: disk(await makeImage(here, 'web.qcow2')) });
  await world.client.adoptInstance({ host: 'compute11', domain: 'web' });
});
afterAll(async () => {
  await world?.down();
  rmSync(folder, { recursive: true, force: true });
});

/** So much memory the controller has had at most, bytes. */
function peakMemory(): number {
  const pids = execFileSync('pgrep', ['-f', `serve --data-dir ${world.ferry.dataDirectory}`], {
    encoding: 'utf8',
  });
  const peaks = pids
    .trim()
    .split('\n')
    .map((pid) => /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0');
  return Math.max(...peaks.map(Number)) * 1024;
}

const most = 4 * mebibyte - 64;
const filled = (before: string, part: string, after: string): string =>
  before + part.repeat(Math.floor((most - before.length - after.length) / part.length)) + after;

test.each([
  ['elements in each other', filled('<domain>', '<a>', '')],
  ['namespaces in each other', filled('<domain>', '<a xmlns:b="c">', '')],
  ['elements beside each other', filled('<domain>', '<a/>', '</domain>')],
  ['attributes', filled('<domain ', 'a="" ', '/>')],
  [
    'a document type that grows',
    '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><domain>&c;</domain>',
  ],
  ['no XML at all', '\0'.repeat(1000)],
])('a host that says %s of its domain is told so, and others are moved meanwhile', async (_, xml) => {
  writeFileSync(lie, xml);
  try {
    const [liar, report, ...health] = await Promise.all([
      world.client.host('liar'),
      world.client.check('web', { kind: 'cold-migration', host: 'compute12' }),
      ...Array.from({ length: 5 }, () => world.client.health()),
    ]);
    expect(health).toHaveLength(5);
    expect(liar.domains).toEqual([]);
    expect([liar.problem, ...liar.unread.map(({ why }) => why)].join()).toMatch(/XML|domain/);
    expect(report.verdict).toBe('possible');
    expect(peakMemory()).toBeLessThan(512 * mebibyte);
  } finally {
    rmSync(lie);
  }
  expect((await world.client.host('liar')).domains).toMatchObject([{ name: 'evil' }]);
});

test('while its host lies, a guest of another one is moved', async () => {
  writeFileSync(lie, filled('<domain>', '<a xmlns:b="c">', ''));
  expect(await world.moved('web', 'cold', 'compute12')).toMatchObject({ status: 'confirmed', error: null });
  rmSync(lie);
});
