import { expect, test } from 'vitest';
import { configDrive, type GuestFacts } from './config-drive.ts';
import { isoImage } from './iso-image.ts';

const facts: GuestFacts = {
  id: '11111111-1111-4111-8111-000000000001',
  name: 'web',
  hostname: 'web.example',
  projectId: 'p1',
  availabilityZone: 'nova',
  metadata: { role: 'front' },
  key: { name: 'mine', type: 'ssh', publicKey: 'ssh-ed25519 AAAA' },
  userData: Buffer.from('#!/bin/sh\necho ü\n').toString('base64'),
  adminPassword: 'let-me-in',
  launchIndex: 0,
  createdAt: '2026-01-02T03:04:05.000Z',
};

const sector = 2048;

/** Files of an image by path, read as the format says: by Joliet's descriptor, from its root down. */
function readJoliet(image: Buffer): Record<string, string> {
  expect(image.toString('latin1', 17 * sector, 17 * sector + 6)).toBe('\x02CD001');
  const found: Record<string, string> = {};
  const read = (at: number, length: number, path: string): void => {
    for (let offset = at; offset < at + length && image[offset] !== 0; offset += image[offset] ?? 0) {
      const [extent, size] = [image.readUInt32LE(offset + 2), image.readUInt32LE(offset + 10)];
      expect([extent, size]).toEqual([image.readUInt32BE(offset + 6), image.readUInt32BE(offset + 14)]);
      const bytes = image.subarray(offset + 33, offset + 33 + (image[offset + 32] ?? 0));
      if (bytes.length === 1) continue;
      const name = `${path}${Buffer.from(bytes).swap16().toString('utf16le')}`;
      const isDirectory = image[offset + 25] === 2;
      if (isDirectory) read(extent * sector, size, `${name}/`);
      else found[name] = image.toString('utf8', extent * sector, extent * sector + size);
    }
  };
  const root = 17 * sector + 156;
  read(image.readUInt32LE(root + 2) * sector, image.readUInt32LE(root + 10), '');
  return found;
}

test('a guest finds who it is, its keys and its user data', () => {
  const files = readJoliet(configDrive(facts));
  expect(Object.keys(files).toSorted()).toEqual([
    'openstack/latest/meta_data.json',
    'openstack/latest/user_data',
    'openstack/latest/vendor_data.json',
  ]);
  expect(JSON.parse(files['openstack/latest/meta_data.json'] ?? '')).toMatchObject({
    uuid: facts.id,
    hostname: 'web.example',
    public_keys: { mine: 'ssh-ed25519 AAAA' },
    meta: { role: 'front' },
    admin_pass: 'let-me-in',
  });
  expect(files['openstack/latest/user_data']).toBe('#!/bin/sh\necho ü\n');
});

test('without user data, key and password there is none of them', () => {
  const files = readJoliet(configDrive({ ...facts, key: null, userData: null, adminPassword: null }));
  expect(files).not.toHaveProperty('openstack/latest/user_data');
  expect(files['openstack/latest/meta_data.json']).not.toMatch(/keys|admin_pass/);
});

test('files of any length are whole, and too many in one directory are refused', () => {
  const bytes = Buffer.from('x'.repeat(5000));
  const image = isoImage(
    'label',
    [
      { path: 'a/b', bytes },
      { path: 'a/c', bytes: Buffer.alloc(0) },
    ],
    new Date(0),
  );
  expect(image.length % sector).toBe(0);
  expect(readJoliet(image)).toEqual({ 'a/b': 'x'.repeat(5000), 'a/c': '' });
  const many = Array.from({ length: 60 }, (_, index) => ({ path: `a/file-${index}`, bytes }));
  expect(() => isoImage('label', many, new Date(0))).toThrow('more entries');
});
