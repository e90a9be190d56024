import { type Case, write } from '../case.ts';

const uuid = '5f9eb1a3-3b4d-4c1a-9d39-6f0f2f0f6e01';
const pool = { name: 'madepool', uuid };
const poolXml = `<pool type='dir'><name>madepool</name><uuid>${uuid}</uuid><target><path>/var/lib/libvirt/madepool</path></target></pool>`;
const made = "conn.storagePoolLookupByName('madepool')";
const count = "[p.name() for p in conn.listAllStoragePools(0)].count('madepool')";
const volXml = (name: string): string =>
  `<volume><name>${name}</name><capacity>1048576</capacity><allocation>0</allocation></volume>`;
const key = '/var/lib/libvirt/madepool/new.img';
const vol = { pool: 'madepool', name: 'new.img', key };
const madeVol = `${made}.storageVolLookupByName('new.img')`;
const volumes = `sorted(v.name() for v in ${made}.listAllVolumes(0))`;
const os = "__import__('os')";
const dirt = `conn.getType() == 'TEST' or open('${key}', 'r+b').write(b'dirt')`;
const clean = `conn.getType() == 'TEST' or open('${key}', 'rb').read(4) != b'dirt'`;

/** Pools and volumes, from their definition to their end. */
export const storageWrites: readonly Case[] = [
  write(
    'storagePoolDefineXml',
    () => ({ xml: poolXml, flags: 0 }),
    `conn.storagePoolDefineXML("${poolXml}", 0)`,
    [`[${made}.isActive(), ${made}.UUIDString()]`, [0, uuid]],
  ),
  write('storagePoolBuild', () => ({ pool, flags: 0 }), `${made}.build(0)`, [
    `conn.getType() == 'TEST' or ${os}.path.isdir('/var/lib/libvirt/madepool')`,
    true,
  ]),
  write('storagePoolCreate', () => ({ pool, flags: 0 }), `${made}.create(0)`, [`${made}.isActive()`, 1]),
  write('storagePoolSetAutostart', () => ({ pool, autostart: true }), `${made}.setAutostart(1)`, [
    `${made}.autostart()`,
    1,
  ]),
  write(
    'storageVolCreateXml',
    () => ({ pool, xml: volXml('new.img'), flags: 0 }),
    `${made}.createXML("${volXml('new.img')}", 0)`,
    [volumes, ['new.img']],
  ),
  write(
    'storageVolCreateXmlFrom',
    () => ({ pool, xml: volXml('copy.img'), clonevol: vol, flags: 0 }),
    `${made}.createXMLFrom("${volXml('copy.img')}", ${madeVol}, 0)`,
    [volumes, ['copy.img', 'new.img']],
  ),
  write(
    'storageVolResize',
    () => ({ vol, capacity: 2_097_152n, flags: 0 }),
    `${madeVol}.resize(2097152, 0)`,
    [`${madeVol}.info()[1]`, 2_097_152],
  ),
  write('storageVolWipe', () => ({ vol, flags: 0 }), `${madeVol}.wipe(0)`, [clean, true], {
    arrange: [dirt],
  }),
  write(
    'storageVolWipePattern',
    () => ({ vol, algorithm: 0, flags: 0 }),
    `${madeVol}.wipePattern(0, 0)`,
    [clean, true],
    { arrange: [dirt] },
  ),
  write(
    'storagePoolRefresh',
    () => ({ pool, flags: 0 }),
    `${made}.refresh(0)`,
    [`conn.getType() == 'TEST' or 'stray.img' in ${volumes}`, true],
    { arrange: ["conn.getType() == 'TEST' or open('/var/lib/libvirt/madepool/stray.img', 'w').close()"] },
  ),
  write('storageVolDelete', () => ({ vol, flags: 0 }), `${madeVol}.delete(0)`, [
    `'new.img' in ${volumes}`,
    false,
  ]),
  write('storagePoolDestroy', () => ({ pool }), `${made}.destroy()`, [`${made}.isActive()`, 0]),
  write(
    'storagePoolDelete',
    () => ({ pool, flags: 0 }),
    `${made}.delete(0)`,
    [`conn.getType() == 'TEST' or not ${os}.path.isdir('/var/lib/libvirt/madepool')`, true],
    {
      arrange: [
        `conn.getType() == 'TEST' or [${os}.remove('/var/lib/libvirt/madepool/' + f) for f in ${os}.listdir('/var/lib/libvirt/madepool')]`,
      ],
    },
  ),
  write('storagePoolUndefine', () => ({ pool }), `${made}.undefine()`, [count, 0]),
  // With its target built: 1.
  write(
    'storagePoolCreateXml',
    ({ driver }) => ({ xml: poolXml, flags: driver === 'qemu' ? 1 : 0 }),
    `conn.storagePoolCreateXML("${poolXml}", 1)`,
    [`[${made}.isActive(), ${made}.isPersistent()]`, [1, 0]],
  ),
];
