import { expect, test } from 'vitest';
import { readDomainXml } from './domain-xml.ts';
import { portableSecretXml, readSecretXml } from './secret-xml.ts';

const chap = `<secret ephemeral='no' private='no'><uuid>0A0B</uuid><usage type='iscsi'><target>san</target></usage></secret>`;

test.each([
  [chap, { uuid: '0a0b', usageType: 'iscsi', usage: 'san', isPrivate: false }],
  [
    `<secret private='yes'><uuid>1</uuid><usage type='volume'><volume>/images/web</volume></usage></secret>`,
    { uuid: '1', usageType: 'volume', usage: '/images/web', isPrivate: true },
  ],
  [
    `<secret><uuid>2</uuid><usage type='ceph'><name>client.vm</name></usage></secret>`,
    { uuid: '2', usageType: 'ceph', usage: 'client.vm', isPrivate: false },
  ],
  [`<secret><uuid>3</uuid></secret>`, { uuid: '3', usageType: 'none', usage: '', isPrivate: false }],
])('what a secret is for is read from %s', (xml, facts) => {
  expect(readSecretXml(xml)).toEqual(facts);
});

test('a definition for another host keeps uuid and use', () => {
  expect(readSecretXml(portableSecretXml(chap))).toEqual(readSecretXml(chap));
});

test('disks name the secrets that it takes to open them', () => {
  const disks = `<disk type='network'><source protocol='iscsi'><auth username='u'><secret type='iscsi' usage='san'/></auth></source><target dev='vda'/></disk>
    <disk type='network'><auth username='u'><secret type='ceph' uuid='0A'/></auth><source protocol='rbd' name='pool/web'/><target dev='vdb'/></disk>
    <disk type='file'><source file='/a'><encryption format='luks'><secret type='passphrase' uuid='0b'/></encryption></source><target dev='vdc'/></disk>`;
  const xml = `<domain><name>web</name><uuid>1</uuid><memory>1</memory><devices>${disks}</devices></domain>`;
  expect(readDomainXml(xml).disks.map(({ secrets }) => secrets)).toEqual([
    [{ usageType: 'iscsi', uuid: null, usage: 'san' }],
    [{ usageType: 'ceph', uuid: '0a', usage: null }],
    [{ usageType: 'volume', uuid: '0b', usage: null }],
  ]);
});
