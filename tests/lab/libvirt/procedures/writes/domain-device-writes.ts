import { parametersFrom } from '@ferry/libvirt';
import { type Case, write } from '../case.ts';

const tablet = (alias: string): string => `<input type='tablet' bus='usb'><alias name='${alias}'/></input>`;
const has = (domain: string, alias: string, flags: number, wanted: boolean): readonly [string, unknown] => [
  `"name='${alias}'" in ${domain}.XMLDesc(${flags})`,
  wanted,
];
const bridge = (state: string): string =>
  `<interface type='bridge'><mac address='52:54:00:fe:02:02'/><source bridge='br-ex'/><target dev='rest0'/><model type='virtio'/><link state='${state}'/></interface>`;

/** Devices come and go: USB ones while the domain runs, for no guest has to let go of them. */
export const domainDeviceWrites: readonly Case[] = [
  write(
    'domainAttachDevice',
    ({ made: dom }) => ({ dom, xml: tablet('ua-one') }),
    `made.attachDevice("${tablet('ua-one')}")`,
    has('made', 'ua-one', 0, true),
    { arrange: ['made.isActive() or made.createWithFlags(paused)'] },
  ),
  write(
    'domainDetachDevice',
    ({ made: dom }) => ({ dom, xml: tablet('ua-one') }),
    `made.detachDevice("${tablet('ua-one')}")`,
    has('made', 'ua-one', 0, false),
  ),
  write(
    'domainAttachDeviceFlags',
    ({ made: dom }) => ({ dom, xml: tablet('ua-two'), flags: 3 }),
    `made.attachDeviceFlags("${tablet('ua-two')}", 3)`,
    has('made', 'ua-two', 2, true),
  ),
  write(
    'domainDetachDeviceFlags',
    ({ made: dom }) => ({ dom, xml: tablet('ua-two'), flags: 2 }),
    `made.detachDeviceFlags("${tablet('ua-two')}", 2)`,
    has('made', 'ua-two', 2, false),
  ),
  write(
    'domainDetachDeviceAlias',
    ({ made: dom }) => ({ dom, alias: 'ua-two', flags: 1 }),
    "made.detachDeviceAlias('ua-two', 1)",
    has('made', 'ua-two', 0, false),
  ),
  write(
    'domainUpdateDeviceFlags',
    ({ rest: dom }) => ({ dom, xml: bridge('down'), flags: 2 }),
    `rest.updateDeviceFlags("${bridge('down')}", 2)`,
    ['"<link state=\'down\'/>" in rest.XMLDesc(2)', true],
  ),
  write(
    'domainSetInterfaceParameters',
    ({ rest: dom, driver }) => ({
      dom,
      device: '52:54:00:fe:02:02',
      params: parametersFrom({ 'inbound.average': { type: 'uint', value: 1024 } }),
      flags: driver === 'qemu' ? 2 : 0,
    }),
    "rest.setInterfaceParameters('52:54:00:fe:02:02', {'inbound.average': 1024}, 2)",
    ["rest.interfaceParameters('52:54:00:fe:02:02', 2)['inbound.average']", 1024],
  ),
];
