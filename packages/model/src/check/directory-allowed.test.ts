import { expect, test } from 'vitest';
import type { AllowedDirectories, PlacesOnHost } from '../storage/allowed-directories.ts';
import { directoryAllowedCheck } from './directory-allowed.ts';
import { sampleInput } from './sample-input.ts';

const allowed: AllowedDirectories = { whole: ['/images'], exact: ['/data'], named: [], unread: [] };
const judge = (...places: PlacesOnHost[]): ReturnType<typeof directoryAllowedCheck.judge> =>
  directoryAllowedCheck.judge(sampleInput({ places }));
const disk = { what: 'disk vda', path: '/images/web.qcow2', use: 'write' } as const;

test('files in allowed directories are told by their number', () => {
  const place = { host: 'beta', allowed, files: [disk, { ...disk, path: '/data/base.qcow2' }] };
  expect(judge(place)).toMatchObject([{ severity: 'ok', compared: { files: 2 } }]);
});

test('each that is elsewhere is told, on both hosts, with what is allowed and what to do', () => {
  const findings = judge(
    {
      host: 'alpha',
      allowed,
      files: [disk, { what: 'base of disk vda', path: '/secret/b.qcow2', use: 'read' }],
    },
    {
      host: 'beta',
      allowed,
      files: [
        { ...disk, path: '/srv/web.qcow2' },
        { ...disk, path: '/etc/profile.d/x.sh' },
      ],
    },
  );
  expect(findings.map(({ severity }) => severity)).toEqual(['error', 'error', 'error']);
  expect(findings[0]).toMatchObject({
    message: expect.stringContaining('base of disk vda: Ferry leaves /secret/b.qcow2 on "alpha" alone'),
  });
  expect(findings[1]).toMatchObject({
    compared: { host: 'beta', path: '/srv/web.qcow2', directory: '/srv', allowed: '/data, /images' },
    remedy: expect.stringContaining('ferry host set beta --allow-directory /srv'),
  });
  expect(findings[2]?.remedy).toContain('Nobody can allow that directory');
});
