import { expect, test } from 'vitest';
import { baseContent, guestChecksum } from './base-content.ts';

test('the base image has the same content every time, and its checksum tells a changed word', () => {
  const content = baseContent();
  expect(content.length).toBe(48 * 1024 * 1024);
  // The same sum as the guest's own code (guest/guestd.c) gives for it.
  expect(guestChecksum(content)).toBe('25a0c212b0455ff4');
  content[1000] = (content[1000] ?? 0) ^ 1;
  expect(guestChecksum(content)).not.toBe('25a0c212b0455ff4');
});
