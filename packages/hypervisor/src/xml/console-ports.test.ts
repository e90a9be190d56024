import { expect, test } from 'vitest';
import { consolePorts, describesRun } from './console-ports.ts';

const domain = (devices: string): string =>
  `<domain type="kvm"><name>web</name><devices>${devices}</devices></domain>`;

test('the first port that others can open is the console', () => {
  const xml = domain(`
    <serial type="file"><source path="/log"/><target port="0"/><alias name="serial0"/></serial>
    <serial type="pty"><source path="/dev/pts/3"/><target port="1"/><alias name="serial1"/></serial>
    <console type="pty"><alias name="console1"/></console>`);
  expect(consolePorts(xml)).toEqual({ serial: 'serial1', vnc: null });
});

test('a console that is no serial port counts as well', () => {
  const xml = domain(`<console type="pty"><target type="virtio"/><alias name="console0"/></console>`);
  expect(consolePorts(xml).serial).toBe('console0');
});

test('a port that writes into a file cannot be opened', () => {
  const xml = domain(`<serial type="file"><source path="/log"/><alias name="serial0"/></serial>`);
  expect(consolePorts(xml).serial).toBeNull();
});

test.each([
  [
    `<graphics type="vnc" port="5901" listen="0.0.0.0"><listen type="address" address="0.0.0.0"/></graphics>`,
    { address: '0.0.0.0', port: 5901 },
  ],
  [`<graphics type="vnc" port="5900" listen="10.0.0.1"/>`, { address: '10.0.0.1', port: 5900 }],
  [`<graphics type="vnc" port="5900"/>`, { address: '127.0.0.1', port: 5900 }],
  [
    `<graphics type="spice" port="5900"/><graphics type="vnc" port="5902"/>`,
    { address: '127.0.0.1', port: 5902 },
  ],
  [`<graphics type="vnc" port="-1" autoport="yes"/>`, null],
  [
    `<graphics type="vnc" socket="/run/vnc.sock"><listen type="socket" socket="/run/vnc.sock"/></graphics>`,
    null,
  ],
  [`<graphics type="spice" port="5900"/>`, null],
  ['', null],
])('the screen of %s', (devices, vnc) => {
  expect(consolePorts(domain(devices)).vnc).toEqual(vnc);
});

test('a domain has a number while it runs', () => {
  expect(describesRun('<domain type="kvm" id="7"><name>web</name></domain>')).toBe(true);
  expect(describesRun(domain(''))).toBe(false);
});
