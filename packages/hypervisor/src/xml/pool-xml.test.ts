import { expect, test } from 'vitest';
import { networkOfUnit, portablePoolXml, readPoolDescription } from './pool-xml.ts';

const san = `<pool type='iscsi-direct'><name>san</name><uuid>0a</uuid><capacity unit='bytes'>5</capacity>
<source><host name='nas' port='3260'/><device path='iqn.2026-11.example:web'/><auth type='chap' username='ferry'><secret usage='san'/></auth><initiator><iqn name='iqn.2026-11.example:me'/></initiator></source></pool>`;
const directory = `<pool type='dir'><name>images</name><source></source><target><path>/images</path><permissions><owner>0</owner></permissions></target></pool>`;

test('a pool of files has its directory, any other what it is made of', () => {
  expect(readPoolDescription(directory)).toMatchObject({ type: 'dir', directory: '/images', source: '' });
  const nfs = `<pool type='netfs'><name>n</name><source><host name='nas'/><dir path='/export'/><format type='nfs'/></source><target><path>/mnt</path></target></pool>`;
  expect(readPoolDescription(nfs)).toMatchObject({
    directory: '/mnt',
    source: 'host=nas dir=/export format=nfs',
  });
  const logical = `<pool type='logical'><name>vg</name><source><device path='/dev/sda'/><name>vg0</name></source><target><path>/dev/vg0</path></target></pool>`;
  expect(readPoolDescription(logical)).toMatchObject({ directory: null, source: 'device=/dev/sda name=vg0' });
  expect(readPoolDescription(san)).toMatchObject({
    source: 'host=nas device=iqn.2026-11.example:web initiator=iqn.2026-11.example:me',
    secrets: [{ usageType: 'iscsi', uuid: null, usage: 'san' }],
  });
});

test("iSCSI's own port is the same, told or not", () => {
  const untold = san.replace(" port='3260'", '');
  expect(readPoolDescription(untold).source).toBe(readPoolDescription(san).source);
});

test('a unit of such a pool is a disk on the network, with whom it takes to ask for it', () => {
  const { iscsi } = readPoolDescription(san);
  if (iscsi === null) throw new Error('it was read as no pool of iSCSI');
  const network = networkOfUnit(iscsi, 'unit:0:0:1');
  expect(network).toMatchObject({
    protocol: 'iscsi',
    name: 'iqn.2026-11.example:web/1',
    servers: ['nas:3260'],
  });
  expect(network?.description).toContain("name='iqn.2026-11.example:web/1'");
  expect(network?.description).toContain('username="ferry"');
  expect(networkOfUnit(iscsi, 'web.qcow2')).toBeNull();
});

test('a definition for another host leaves out what only this one counts', () => {
  const there = portablePoolXml(san);
  expect(there).not.toMatch(/<uuid>|<capacity/);
  expect(readPoolDescription(there)).toEqual(readPoolDescription(san));
  expect(portablePoolXml(directory)).not.toContain('owner');
});
