import type { LabHost } from '@ferry/lab';
import { expect } from 'vitest';
import { recordsOnDisk } from './guest-records-on-disk.ts';

/** All that a guest is known to have written is in an image, and nothing of it is half. */
export async function expectWritten(host: LabHost, path: string, records: number): Promise<void> {
  const { unbroken, torn } = await recordsOnDisk(host, path);
  expect(torn).toBe(0);
  expect(unbroken).toBeGreaterThanOrEqual(records);
}
