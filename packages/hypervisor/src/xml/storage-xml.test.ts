import { expect, test } from 'vitest';
import { readStorageDevice } from './storage-xml.ts';

const disk = (serial: string): string => `<device><name>block_sda</name>
  <devnode type='dev'>/dev/sda</devnode><devnode type='link'>/dev/disk/by-id/wwn-0x6001405</devnode>
  <capability type='storage'><block>/dev/sda</block>${serial}<drive_type>disk</drive_type></capability></device>`;

test('a disk is found by its device file and by every link to it, and tells its own number', () => {
  const device = readStorageDevice(disk('<serial>36001405f</serial>'));
  expect(device.serial).toBe('36001405f');
  expect(device.paths).toContain('/dev/sda');
  expect(device.paths).toContain('/dev/disk/by-id/wwn-0x6001405');
});

test('one that gives no number tells nothing', () => {
  expect(readStorageDevice(disk('')).serial).toBeNull();
  expect(readStorageDevice(disk('<serial></serial>')).serial).toBeNull();
});
