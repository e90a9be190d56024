import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebStage } from './web-stage.ts';

let stage: WebStage;

/** Two hosts with shells, of which one has a clock that is ahead, and lets no guest finish by post-copy. */
beforeAll(async () => {
  stage = await WebStage.open({ hosts: 2, guestsPerHost: 1 });
  const { world } = stage.fleet;
  for (const host of world.hosts.values()) {
    host.shell = { python: '3.13.5', zstd: true, root: true };
    host.examination = {};
  }
  world.host('compute11').examination = {
    clock: { aheadMs: 65_000, uncertaintyMs: 1 },
    processes: ['chronyd'],
    userfaultfd: 'root-only',
  };
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const changesOf = (host: string): number => stage.fleet.world.host(host).changes.size;

test('what was found last, by whoever looked, is there when the page opens, and is mended after a yes', async () => {
  const client = stage.fleet.client();
  expect(await client.keptDiagnosis()).toEqual({ at: null, hosts: [], pairs: [] });
  await client.doctor({});
  const { page, errors } = await stage.at('/hosts?view=doctor');
  await page.getByText(/Checked at \d/).waitFor();
  await page.getByText('clock', { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Mend…' }).click();
  const dialog = page.getByRole('dialog');
  const there = dialog.getByRole('region', { name: 'compute11' });
  await there.getByText('$ chronyc makestep').waitFor();
  await there.getByText('$ sysctl -w vm.unprivileged_userfaultfd=1').waitFor();
  expect(await stage.barriers(page, '$ chronyc makestep', 'dialog')).toEqual([]);
  // Closing is no yes.
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect(changesOf('compute11')).toBe(0);
  await page.getByRole('button', { name: 'Mend…' }).click();
  await there.getByText('$ chronyc makestep').waitFor();
  await dialog.getByRole('button', { name: 'Mend this' }).click();
  await page.getByRole('dialog', { name: 'What was mended' }).waitFor();
  expect(await there.getByText('Mended', { exact: true }).count()).toBeGreaterThan(1);
  await there.getByText(/What was changed is kept in \/var\/lib\/ferry-configure\//).waitFor();
  expect(changesOf('compute11')).toBe(1);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  // The page shows what was found afterwards.
  const found = (await client.keptDiagnosis()).hosts.find(({ host }) => host === 'compute11');
  expect(found?.findings.find(({ code }) => code === 'clock')?.severity).toBe('ok');
  expect(errors).toEqual([]);
});

test('who may look and not mend has no button for it', async () => {
  const { page, errors } = await stage.at('/hosts?view=doctor', { user: 'oscar' });
  await page.getByRole('button', { name: 'Run the checks' }).waitFor();
  expect(await page.getByRole('button', { name: 'Mend…' }).count()).toBe(0);
  expect(errors).toEqual([]);
});
