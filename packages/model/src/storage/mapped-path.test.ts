import { expect, test } from 'vitest';
import { mappedPath } from './allowed-directories.ts';

test.each([
  ['/images/web.qcow2', '/srv/vm/web.qcow2'],
  ['/images/bases/a.qcow2', '/bases/a.qcow2'],
  ['/images/web.img', '/dev/vg0/web'],
  ['/images', '/srv/vm'],
  ['/images2/web.qcow2', null],
  ['/other/images/web.qcow2', null],
])('%s is %s there: whole names count, the longest entry wins', (path, there) => {
  const map = { '/images/': '/srv/vm', '/images/bases': '/bases/', '/images/web.img': '/dev/vg0/web' };
  expect(mappedPath(path, map)).toBe(there);
});
