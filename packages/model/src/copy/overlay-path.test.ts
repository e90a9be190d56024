import { expect, test } from 'vitest';
import { maxOverlays, overlayPath, overlayPaths } from './overlay-room.ts';

test('an overlay stands beside its image, hidden, and names migration and round', () => {
  expect(overlayPath('/images/web.img', 'm1', 2)).toBe('/images/.web.img.ferry-m1.2');
  expect(overlayPath('/web.img', 'm1', 1)).toBe('/.web.img.ferry-m1.1');
});

test('all that there can be', () => {
  const all = overlayPaths('/images/web.img', 'm1');
  expect(all).toHaveLength(maxOverlays);
  expect(new Set(all).size).toBe(maxOverlays);
  expect(all[0]).toBe(overlayPath('/images/web.img', 'm1', 1));
});
