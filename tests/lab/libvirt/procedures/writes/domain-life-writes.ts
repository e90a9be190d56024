import { type Case, write } from '../case.ts';
import { domainXml } from '../domain-xml.ts';

const state = 'made.state()[0]';
const [running, paused, shutoff] = ['1', '3', '5'];
const runs = 'made.isActive() or made.create()';
const there = "[d.name() for d in conn.listAllDomains(0)].count('made')";

/** A domain is defined, lives through all its states, and is undefined. */
export const domainLifeWrites: readonly Case[] = [
  write('domainDefineXml', ({ driver }) => ({ xml: domainXml(driver, 'made') }), 'conn.defineXML(madeXml)', [
    '[made.isActive(), made.isPersistent(), made.UUIDString()]',
    [false, true, '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6b03'],
  ]),
  write(
    'domainDefineXmlFlags',
    ({ driver }) => ({ xml: domainXml(driver, 'made').replace('The made', 'Made anew'), flags: 1 }),
    'conn.defineXMLFlags(madeXml, 1)',
    ['made.metadata(1, None, 0)', 'Made anew'],
  ),
  write(
    'domainSetMetadata',
    ({ made: dom }) => ({ dom, type: 2, metadata: '<a/>', key: 'k', uri: 'urn:ferry:probe', flags: 0 }),
    "made.setMetadata(2, '<a/>', 'k', 'urn:ferry:probe', 0)",
    ["made.metadata(2, 'urn:ferry:probe', 0)", '<a/>'],
  ),
  write('domainSetAutostart', ({ made: dom }) => ({ dom, autostart: true }), 'made.setAutostart(1)', [
    'made.autostart()',
    1,
  ]),
  write('domainSetAutostartOnce', ({ made: dom }) => ({ dom, autostart: true }), 'made.setAutostartOnce(1)', [
    'made.autostartOnce()',
    1,
  ]),
  write('domainCreate', ({ made: dom }) => ({ dom }), 'made.create()', [state, running]),
  write('domainSuspend', ({ made: dom }) => ({ dom }), 'made.suspend()', [state, paused]),
  write('domainResume', ({ made: dom }) => ({ dom }), 'made.resume()', [state, running]),
  // That a guest starts anew leaves no mark on its domain.
  write('domainReset', ({ made: dom }) => ({ dom, flags: 0 }), 'made.reset(0)', [state, running]),
  write('domainReboot', ({ made: dom }) => ({ dom, flags: 0 }), 'made.reboot(0)', [state, running]),
  // No system runs inside that would shut down: on QEMU only that it is asked can be seen.
  write(
    'domainShutdown',
    ({ made: dom }) => ({ dom }),
    'made.shutdown()',
    [`${state} == (1 if conn.getType() == 'QEMU' else 5)`, true],
    { arrange: [runs] },
  ),
  write(
    'domainShutdownFlags',
    ({ made: dom, driver }) => ({ dom, flags: driver === 'qemu' ? 1 : 0 }),
    'made.shutdownFlags(0)',
    [`${state} == (1 if conn.getType() == 'QEMU' else 5)`, true],
    { arrange: [runs] },
  ),
  write('domainDestroy', ({ made: dom }) => ({ dom }), 'made.destroy()', [state, shutoff], {
    arrange: [runs],
  }),
  write(
    'domainCreateWithFlags',
    ({ made: dom, driver }) => ({ dom, flags: driver === 'qemu' ? 1 : 0 }),
    'made.createWithFlags(paused)',
    [`${state} == (3 if paused else 1)`, true],
  ),
  write('domainDestroyFlags', ({ made: dom }) => ({ dom, flags: 0 }), 'made.destroyFlags(0)', [
    state,
    shutoff,
  ]),
  write(
    'domainRename',
    ({ made: dom }) => ({ dom, newName: 'renamed', flags: 0 }),
    "made.rename('renamed', 0)",
    ["conn.lookupByName('renamed').UUIDString()", '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6b03'],
  ),
  write(
    'domainUndefine',
    ({ made: { uuid, id } }) => ({ dom: { name: 'renamed', uuid, id } }),
    'made.undefine()',
    ["[d.name() for d in conn.listAllDomains(0)].count('renamed')", 0],
  ),
  write('domainUndefineFlags', ({ made: dom }) => ({ dom, flags: 0 }), 'made.undefineFlags(0)', [there, 0], {
    arrange: ['conn.defineXML(madeXml)'],
  }),
  write(
    'domainCreateXml',
    ({ driver }) => ({ xmlDesc: domainXml(driver, 'made'), flags: driver === 'qemu' ? 1 : 0 }),
    'conn.createXML(madeXml, paused)',
    ['[made.isActive(), made.isPersistent(), made.state()[0] == (3 if paused else 1)]', [1, 0, true]],
  ),
  // For what comes after: a domain that is defined and runs.
  write(
    'domainDefineXml',
    ({ driver }) => ({ xml: domainXml(driver, 'made') }),
    'conn.defineXML(madeXml)',
    ['[made.isActive(), made.isPersistent()]', [1, 1]],
    {},
  ),
];
