import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConsoleSocket } from '../sim/console-socket.ts';
import { FerryServer } from './ferry-server.ts';

let ferry: FerryServer;
let id: string;

beforeAll(async () => {
  ferry = await FerryServer.start();
  id = await ferry.stage.guest({ name: 'web' });
  const domain = ferry.stage.world.host('compute11').domains.get(id);
  if (domain === undefined) throw new Error('the guest is there');
  const devices =
    "<serial type='pty'><target port='0'/><alias name='serial0'/></serial><graphics type='vnc' port='5901'/>";
  domain.xml = domain.xml.replace('</devices>', `${devices}</devices>`);
});
afterAll(async () => {
  await ferry?.[Symbol.asyncDispose]();
});

interface Shown {
  readonly protocol: string;
  readonly type: string;
  readonly url: string;
}

test('openstack console url show gives the serial console', async () => {
  const shown = await ferry.clients.openstack<Shown>('console', 'url', 'show', '--serial', 'web');
  expect(shown).toMatchObject({ type: 'serial' });
  const console = await ConsoleSocket.open(shown.url);
  console.type('from openstack');
  await console.shows('from openstack');
  console.close();
});

test('openstack console url show gives the screen, and refuses what there is not', async () => {
  const shown = await ferry.clients.openstack<Shown>('console', 'url', 'show', '--novnc', 'web');
  expect(await (await fetch(shown.url)).text()).toContain('Screen');
  const refused = await ferry.clients.runOpenstack('console', 'url', 'show', '--spice', 'web');
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('Unavailable console type spice-html5');
});

test('novaclient gets both', async () => {
  for (const words of [
    ['get-serial-console', 'web'],
    ['get-vnc-console', 'web', 'novnc'],
  ]) {
    const rows = await ferry.clients.nova(...words);
    expect(rows).toMatchObject([
      { Type: words[2] ?? 'serial', Url: expect.stringContaining('token=') as string },
    ]);
  }
});

test('openstack usage show and list tell what servers took', async () => {
  const period = ['--start', '2020-01-01', '--end', '2099-01-01'];
  const shown = await ferry.clients.openstack<Record<string, unknown>>('usage', 'show', ...period);
  expect(shown).toMatchObject({ Servers: [{ name: 'web', state: 'active' }] });
  expect(Number(shown['CPU Hours'])).toBeGreaterThan(0);
  const listed = await ferry.clients.openstack<Record<string, unknown>[]>('usage', 'list', ...period);
  expect(listed).toMatchObject([{ Servers: [{ name: 'web' }] }]);
});

test('the SDK sets and reads the addresses by which a server is reached', async () => {
  const read = await ferry.clients.sdk(`
import json
server = conn.compute.update_server('${id}', access_ipv4='198.51.100.7', access_ipv6='2001:db8::7')
server = conn.compute.get_server('${id}')
print(json.dumps([server.access_ipv4, server.access_ipv6]))
`);
  expect(read).toEqual(['198.51.100.7', '2001:db8::7']);
});
