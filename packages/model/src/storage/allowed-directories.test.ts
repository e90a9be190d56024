import { describe, expect, test } from 'vitest';
import {
  type AllowedDirectories,
  type PathUse,
  plainPath,
  whyLeftAlone,
  whyNeverAllowed,
} from './allowed-directories.ts';

const allowed: AllowedDirectories = {
  whole: ['/var/lib/libvirt/images', '/srv/vms'],
  exact: ['/var/lib/libvirt/qemu/nvram', '/data'],
  named: ['/opt/kernels/vmlinuz', '/srv/share'],
  unread: [],
};

describe('where guests have files', () => {
  const rows: readonly (readonly [string, PathUse, boolean])[] = [
    ['/var/lib/libvirt/images/web.qcow2', 'write', true],
    ['/var/lib/libvirt/images/deep/er/web.qcow2', 'write', true],
    ['/var//lib/./libvirt/images//web.qcow2', 'write', true],
    ['/var/lib/libvirt/images', 'write', false],
    ['/var/lib/libvirt/images-of-others/web.qcow2', 'read', false],
    ['/var/lib/libvirt/images/../../../../etc/passwd', 'read', false],
    ['/srv/vms/../vms/web.qcow2', 'write', false],
    ['/data/web.qcow2', 'write', true],
    ['/data/deeper/web.qcow2', 'write', false],
    ['/elsewhere/web.qcow2', 'read', false],
    ['/opt/kernels/vmlinuz', 'read', true],
    ['/opt/kernels/vmlinuz', 'write', false],
    ['/opt/kernels/initrd', 'read', false],
    ['/srv/share/file', 'read', true],
    ['/srv/share/file', 'write', false],
    ['/elsewhere/web.qcow2', 'remove', true],
    ['/etc/profile.d/x.sh', 'write', false],
    ['/etc/shadow', 'read', false],
    ['/etc/shadow', 'remove', false],
    ['/usr/share/OVMF/OVMF_CODE.fd', 'read', true],
    ['/usr/share/OVMF/OVMF_CODE.fd', 'write', false],
    ['/boot/vmlinuz', 'read', true],
    ['/boot/vmlinuz', 'device', false],
    ['/dev/vg/web', 'device', true],
    ['/dev/vg/web', 'read', true],
    ['/dev/vg/web', 'write', false],
    ['/dev/shm/web', 'device', false],
    ['relative/web.qcow2', 'read', false],
    ['/web.qcow2', 'write', false],
  ];
  test.each(rows)('%s to %s: %s', (path, use, may) => {
    const why = whyLeftAlone(path, use, allowed);
    expect(why === null).toBe(may);
    expect(why).not.toBe('');
  });

  test('what is allowed is told, and what could not be read', () => {
    const why = whyLeftAlone('/new/web.qcow2', 'write', { ...allowed, unread: ['its pools: silent'] });
    expect(why).toBe(
      '/new is no directory where guests have files there; such are /data, /srv/vms, /var/lib/libvirt/images, /var/lib/libvirt/qemu/nvram (could not be read: its pools: silent)',
    );
  });

  test('nobody is told that a directory of the system is allowed, whoever said so', () => {
    const bad: AllowedDirectories = { whole: ['/', '/etc', '/srv'], exact: ['/root'], named: [], unread: [] };
    expect(whyLeftAlone('/etc/x', 'write', bad)).toContain('/etc belongs to the system');
    expect(whyLeftAlone('/root/x', 'write', bad)).toContain('/root belongs');
    expect(whyLeftAlone('/opt/x', 'write', bad)).toContain('such are /srv');
  });
});

describe('directories that nobody can allow', () => {
  test.each([
    '/',
    '//',
    '/etc',
    '/etc/',
    '/./etc',
    '/usr/local',
    '/bin',
    '/sbin',
    '/lib',
    '/lib64/x',
    '/libx32',
    '/boot',
    '/proc/1',
    '/sys',
    '/dev/shm',
    '/root',
    '/run/user',
    '/var/run/x',
    '/var/tmp',
    '/tmp/images',
    '/var/spool/cron/crontabs',
    '/home/ann/.ssh',
    '/home/ann/.config/systemd',
    '/srv/../etc',
    'srv',
    '',
  ])('%j', (directory) => {
    expect(whyNeverAllowed(directory)).toMatch(/\S/);
  });

  test.each([
    '/srv',
    '/images',
    '/library',
    '/home/ann/vms',
    '/var/lib/libvirt/images',
    '/mnt/.hidden',
    '/opt',
  ])('%s can be', (directory) => {
    expect(whyNeverAllowed(directory)).toBeNull();
  });
});

test('a path is read in one way', () => {
  expect(plainPath('/a//b/./c/')).toBe('/a/b/c');
  expect(plainPath('/a/../b')).toBeNull();
  expect(plainPath('/a/..b')).toBe('/a/..b');
  expect(plainPath('a')).toBeNull();
  expect(plainPath('/a\0b')).toBeNull();
});
