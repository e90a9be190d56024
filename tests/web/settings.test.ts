import { afterAll, beforeAll, expect, test } from 'vitest';
import { signIn } from './browser.ts';
import { WebStage } from './web-stage.ts';

let stage: WebStage;

beforeAll(async () => {
  stage = await WebStage.open({ hosts: 2, guestsPerHost: 1 });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

/** Whether a name and a password open a session. */
async function maySignIn(user: string, password: string): Promise<number> {
  const { status } = await fetch(`${stage.fleet.url}/ferry/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-ferry-dashboard': '1', origin: stage.fleet.url },
    body: JSON.stringify({ user, password }),
  });
  return status;
}

test('a user is made with a role, disabled and deleted; who did it stands in the activity', async () => {
  const { page, errors } = await stage.at('/settings?view=users');
  expect(await stage.barriers(page, 'rita')).toEqual([]);
  await page.getByRole('button', { name: 'New user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('nina');
  await dialog.getByLabel('Password').fill('a long enough one');
  await dialog.getByLabel('Role with Ferry').selectOption('reader');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('row', { name: /nina .*reader · system/ }).waitFor();
  expect(await maySignIn('nina', 'a long enough one')).toBe(201);
  const act = async (entry: string): Promise<void> => {
    await page.getByRole('button', { name: 'Actions for nina' }).click();
    await page.getByRole('menuitem', { name: entry }).click();
    await dialog.getByRole('button', { name: entry }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  await act('Disable');
  await page.getByRole('row', { name: /nina .*Disabled/ }).waitFor();
  expect(await maySignIn('nina', 'a long enough one')).toBe(401);
  await act('Delete');
  await expect.poll(() => page.getByRole('row', { name: /nina/ }).count()).toBe(0);
  // Nobody shuts themselves out.
  await page.getByRole('button', { name: 'Actions for admin' }).click();
  await page.getByRole('menuitem', { name: /Delete.*That is you/s }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByText('identity:users.create').first().waitFor();
  await page.getByLabel('Action').fill('identity:users.delete');
  await page.getByLabel('Person').fill('admin');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByRole('row').count()).toBe(2);
  expect(new URL(page.url()).search).toBe('?user=admin&action=identity%3Ausers.delete');
  expect(await stage.barriers(page, 'identity:users.delete')).toEqual([]);
  await page.getByLabel('From').fill('2100-01-01T00:00');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByText('Nothing was recorded that fits.').waitFor();
  expect(errors).toEqual([]);
});

test('a policy is set by its values, and what is none of them is refused with the reason', async () => {
  const { page, errors } = await stage.at('/settings?view=policies', { user: 'oscar' });
  await page.getByText('What is built in holds').waitFor();
  // An operator sees neither users nor projects.
  expect(await page.getByRole('group', { name: 'Show' }).getByRole('button').allInnerTexts()).toEqual([
    'Account',
    'Migration policies',
  ]);
  expect(await page.getByRole('link', { name: 'Activity' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Set policy' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('calm');
  await dialog.getByLabel('Values').fill('maxDowntimeMs=200\nspeed=9');
  await dialog.getByRole('button', { name: 'Set policy' }).click();
  await dialog.getByRole('alert').getByText(/speed/).waitFor();
  await dialog.getByLabel('Values').fill('maxDowntimeMs=200\npostCopy=never');
  await dialog.getByRole('button', { name: 'Set policy' }).click();
  await page.getByRole('row', { name: /calm .*maxDowntimeMs=200/ }).waitFor();
  expect((await stage.fleet.client().policy('calm')).values).toEqual({
    maxDowntimeMs: 200,
    postCopy: 'never',
  });
  expect(errors).toEqual([]);
});

test('one changes the own password, and makes a credential whose secret is shown once', async () => {
  const { page, errors } = await stage.at('/settings', { user: 'rita' });
  await page.getByText('You have no application credentials.').waitFor();
  await page.getByRole('button', { name: 'Change password' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Present password').fill('reads and no more');
  await dialog.getByLabel('New password', { exact: true }).fill('reads all the more');
  await dialog.getByLabel('New password again').fill('reads all the moor');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await dialog.getByText('The two new passwords differ.').waitFor();
  await dialog.getByLabel('New password again').fill('reads all the more');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await page.getByRole('heading', { name: 'Sign in to Ferry' }).waitFor();
  expect(await maySignIn('rita', 'reads and no more')).toBe(401);
  await signIn(page, 'rita', 'reads all the more');
  // In the system alone there is no project that a credential could be for: the service's own words.
  await page.getByRole('button', { name: 'New application credential' }).click();
  await dialog.getByLabel('Name').fill('ci');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog
    .getByRole('alert')
    .getByText(/token for a project/)
    .waitFor();
  expect(errors).toEqual([]);
  const admin = await stage.at('/settings');
  await admin.page.getByRole('button', { name: 'New application credential' }).click();
  const made = admin.page.getByRole('dialog');
  await made.getByLabel('Name').fill('ci');
  await made.getByRole('button', { name: 'Create' }).click();
  await made.getByText('The secret of ci is shown this once.').waitFor();
  await made.getByRole('button', { name: 'Close' }).last().click();
  await admin.page.getByRole('row', { name: /^ci / }).waitFor();
  expect(await stage.barriers(admin.page, 'Never')).toEqual([]);
});
