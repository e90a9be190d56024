import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Drags an instance's row onto a host in the panel of targets, once that says it would take it, and lets go. */
export async function dragOnto(page: Page, instance: string, host: string): Promise<void> {
  const row = page.getByRole('row', { name: new RegExp(`^${instance} `) });
  // Waits until it stands still: rows come in while the lists are read.
  await row.hover({ position: { x: 120, y: 17 } });
  const from = await row.boundingBox();
  if (from === null) throw new Error('the row has no box');
  await page.mouse.down();
  const panel = page.getByRole('complementary', { name: 'Possible targets' });
  let pixels = 0;
  const pull = async (): Promise<boolean> => {
    pixels += 8;
    await page.mouse.move(from.x + 120 + pixels, from.y + 30);
    return panel.isVisible();
  };
  await expect.poll(pull).toBe(true);
  const drop = panel.getByText(host, { exact: true });
  await panel.locator('[data-kind="possible"]').filter({ hasText: host }).waitFor();
  const to = await drop.boundingBox();
  if (to === null) throw new Error('the target has no box');
  await page.mouse.move(to.x + 20, to.y + 8, { steps: 8 });
  await page.mouse.up();
}
