import { describe, expect, test } from 'vitest';
import { daemonFactsOf } from './daemon-facts.ts';

const on = { active: 'active', enabled: 'enabled' };
const off = { active: 'inactive', enabled: 'disabled' };
const masked = { active: 'inactive', enabled: 'masked' };

describe('under systemd', () => {
  test.each([
    {
      when: 'libvirtd with its sockets',
      units: { 'libvirtd.service': on, 'libvirtd.socket': on, 'libvirtd-tls.socket': off },
      argv: { libvirtd: ['libvirtd', '--timeout', '120'] },
      is: { kind: 'sockets', program: 'libvirtd' },
    },
    {
      when: 'libvirtd that nobody has come to yet',
      units: { 'libvirtd.service': off, 'libvirtd.socket': on, 'libvirtd-tls.socket': off },
      argv: {},
      is: { kind: 'sockets', program: 'libvirtd' },
    },
    {
      when: 'libvirtd that listens itself',
      units: { 'libvirtd.service': on, 'libvirtd.socket': masked, 'libvirtd-tls.socket': masked },
      argv: { libvirtd: ['libvirtd', '-l'] },
      is: { kind: 'service', program: 'libvirtd' },
    },
    {
      when: 'libvirtd whose sockets are masked, and that does not listen',
      units: { 'libvirtd.service': on, 'libvirtd.socket': masked, 'libvirtd-tls.socket': masked },
      argv: { libvirtd: ['libvirtd'] },
      is: { problem: expect.stringContaining('its sockets are masked') as string },
    },
    {
      when: 'in parts, by their sockets',
      units: { 'virtqemud.socket': on, 'virtproxyd.socket': on, 'virtproxyd-tls.socket': off },
      argv: {},
      is: { kind: 'sockets', program: 'virtproxyd' },
    },
    {
      when: 'in parts, its proxy without sockets: that one goes by its settings',
      units: { 'virtqemud.socket': on, 'virtproxyd.service': on, 'virtproxyd-tls.socket': masked },
      argv: { virtproxyd: ['virtproxyd'] },
      is: { kind: 'service', program: 'virtproxyd' },
    },
    {
      when: 'in parts without the proxy',
      units: { 'virtqemud.service': on },
      argv: {},
      is: { problem: expect.stringContaining('install virtproxyd') as string },
    },
    {
      when: 'both',
      units: { 'virtqemud.service': on, 'libvirtd.service': on, 'libvirtd-tls.socket': off },
      argv: {},
      is: { problem: expect.stringContaining('both libvirtd and virtqemud run') as string },
    },
  ])('$when', ({ units, argv, is }) => {
    expect(daemonFactsOf({ units, processes: Object.keys(argv) }, argv)).toEqual(is);
  });
});

describe('by themselves', () => {
  test.each([
    { argv: { libvirtd: ['/usr/sbin/libvirtd', '-d'] }, is: { kind: 'process', program: 'libvirtd' } },
    {
      argv: { virtqemud: ['virtqemud', '-d'], virtproxyd: ['virtproxyd', '--daemon'] },
      is: { kind: 'process', program: 'virtproxyd', argv: ['virtproxyd', '--daemon'] },
    },
    { argv: { libvirtd: ['libvirtd'] }, is: { problem: expect.stringContaining('not with -d') as string } },
    { argv: {}, is: { problem: expect.stringContaining('none was found') as string } },
    {
      argv: { virtqemud: ['virtqemud', '-d'] },
      is: { problem: expect.stringContaining('start virtproxyd -d beside it') as string },
    },
    {
      argv: { virtqemud: ['virtqemud', '-d'], libvirtd: ['libvirtd', '-d'] },
      is: { problem: expect.stringContaining('both libvirtd and virtqemud run') as string },
    },
  ])('$argv', ({ argv, is }) => {
    expect(daemonFactsOf({ units: null, processes: Object.keys(argv) }, argv)).toMatchObject(is);
  });
});
