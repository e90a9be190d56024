import { expect, test } from 'vitest';
import { instanceFiles, isFileOfInstance, libraryBasePath } from './instance.ts';

const id = '11111111-1111-4111-8111-000000000001';

test('every file that is made for an instance is known as its own, and no other', () => {
  for (const path of Object.values(instanceFiles('/images', id))) {
    expect(path.startsWith('/images/')).toBe(true);
    expect(isFileOfInstance(id, path)).toBe(true);
    expect(isFileOfInstance(`${id.slice(0, -1)}2`, path)).toBe(false);
  }
  expect(isFileOfInstance(id, `/images/${id}.qcow2`)).toBe(false);
  expect(isFileOfInstance(id, `/ferry-${id}.d/web.qcow2`)).toBe(false);
  expect(isFileOfInstance(id, libraryBasePath('/images', 'ab'))).toBe(false);
});
