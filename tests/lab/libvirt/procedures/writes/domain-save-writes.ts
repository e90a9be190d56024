import { type Case, read, write } from '../case.ts';

const file = '/var/lib/libvirt/images/made.save';
const runs = 'made.isActive() or made.createWithFlags(paused)';
const state = 'made.state()[0]';
const params = (path: string) => [{ field: 'file', type: 'string', value: path }] as const;
const asked = `conn.saveImageGetXMLDesc('${file}', 0)`;
const title = (xml: string): string => xml.replace(/<title>.*<\/title>/, '<title>Saved</title>');

/** A paused domain goes to disk and comes back, in every way there is. */
export const domainSaveWrites: readonly Case[] = [
  write('domainSave', ({ made: dom }) => ({ dom, to: file }), `made.save('${file}')`, [state, 5], {
    arrange: [runs],
  }),
  read('domainSaveImageGetXmlDesc', () => ({ file, flags: 0 }), asked),
  write(
    'domainSaveImageDefineXml',
    async ({ connection }) => {
      const { xml } = await connection.call('domainSaveImageGetXmlDesc', { file, flags: 1 });
      return { file, dxml: title(xml), flags: 0 };
    },
    `conn.saveImageDefineXML('${file}', ${asked}, 0)`,
    [`'<title>Saved</title>' in ${asked}`, true],
  ),
  write('domainRestore', () => ({ from: file }), `conn.restore('${file}')`, ['made.isActive()', 1]),
  write(
    'domainSaveFlags',
    ({ made: dom }) => ({ dom, to: file, dxml: null, flags: 4 }),
    `made.saveFlags('${file}', None, 4)`,
    [state, 5],
  ),
  write(
    'domainRestoreFlags',
    () => ({ from: file, dxml: null, flags: 4 }),
    `conn.restoreFlags('${file}', None, 4)`,
    ['made.state()[0]', 3],
  ),
  write(
    'domainSaveParams',
    ({ made: dom }) => ({ dom, params: [...params(file)], flags: 0 }),
    `made.saveParams({'file': '${file}'}, 0)`,
    [state, 5],
  ),
  write(
    'domainRestoreParams',
    () => ({ params: [...params(file)], flags: 2 }),
    `conn.restoreParams({'file': '${file}'}, 2)`,
    [state, 1],
  ),
  write(
    'domainManagedSave',
    ({ made: dom }) => ({ dom, flags: 4 }),
    'made.managedSave(4)',
    ['[made.isActive(), made.hasManagedSaveImage(0)]', [0, 1]],
    { arrange: [runs] },
  ),
  read('domainHasManagedSaveImage', ({ made: dom }) => ({ dom, flags: 0 }), 'made.hasManagedSaveImage(0)'),
  read(
    'domainManagedSaveGetXmlDesc',
    ({ made: dom }) => ({ dom, flags: 0 }),
    'made.managedSaveGetXMLDesc(0)',
  ),
  write(
    'domainManagedSaveDefineXml',
    async ({ connection, made: dom, driver }) => {
      if (driver === 'test') return { dom, dxml: '<domain/>', flags: 0 };
      const { xml } = await connection.call('domainManagedSaveGetXmlDesc', { dom, flags: 1 });
      return { dom, dxml: title(xml), flags: 0 };
    },
    "made.managedSaveDefineXML('<domain/>', 0)",
    ["'<title>Saved</title>' in made.managedSaveGetXMLDesc(0)", true],
  ),
  write('domainManagedSaveRemove', ({ made: dom }) => ({ dom, flags: 0 }), 'made.managedSaveRemove(0)', [
    'made.hasManagedSaveImage(0)',
    0,
  ]),
  write(
    'domainCoreDump',
    ({ made: dom }) => ({ dom, to: '/var/lib/libvirt/images/made.core', flags: 0 }),
    "made.coreDump('/var/lib/libvirt/images/made.core', 0)",
    ["__import__('os').path.getsize('/var/lib/libvirt/images/made.core') > 10", true],
    { arrange: [runs] },
  ),
  // 1 is kdump's form; it starts with the name of the program that reads it.
  write(
    'domainCoreDumpWithFormat',
    ({ made: dom }) => ({ dom, to: '/var/lib/libvirt/images/made.kdump', dumpformat: 1, flags: 16 }),
    "made.coreDumpWithFormat('/var/lib/libvirt/images/made.kdump', 1, 16)",
    ["open('/var/lib/libvirt/images/made.kdump', 'rb').read(8)", Buffer.from('makedump')],
  ),
];
