import { expect, test } from 'vitest';
import { diskFinding, type DiskView } from './judge-evacuation.ts';

const finding = (view: DiskView): ReturnType<typeof diskFinding> =>
  diskFinding({ disk: 'vda', what: '/srv/web.qcow2', view });

test.each<[DiskView, string]>([
  [{ kind: 'shared', lastProvenAt: '2026-01-01T00:00:00.000Z' }, 'ok'],
  [{ kind: 'opened' }, 'ok'],
  [{ kind: 'empty' }, 'ok'],
  [{ kind: 'said' }, 'info'],
  [{ kind: 'unproven' }, 'error'],
  [{ kind: 'missing' }, 'error'],
  [{ kind: 'in-use', reason: 'a lock' }, 'error'],
  [{ kind: 'refused', reason: 'no route' }, 'error'],
  [{ kind: 'unknown', reason: 'silence' }, 'unknown'],
])('a disk that is %j is %s', (view, severity) => {
  expect(finding(view).severity).toBe(severity);
});

test('one that nobody saw to be the same says how to say that it is', () => {
  expect(finding({ kind: 'unproven' }).remedy).toContain('--shared-path /srv/web.qcow2');
});
