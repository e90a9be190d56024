import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Reply } from '../sim/ask.ts';
import { Stage } from '../sim/world.ts';
import { buildPage } from '../web/build-page.ts';
import { chromiumPath, launch, signIn, watchedPage } from '../web/browser.ts';
import { RealKeystone } from './real-keystone.ts';

// As the ring in a browser: left out where there is none, unless that is said to be wrong.
const isLeftOut = !existsSync(chromiumPath) && process.env['FERRY_TEST_WEB'] !== 'required';

const world = new AsyncDisposableStack();
let keystone: RealKeystone;
let stage: Stage;

beforeAll(async () => {
  keystone = world.use(await RealKeystone.start());
  await keystone.userWithRole('ferry', 'of Ferry', 'service', 'service');
  await keystone.userWithRole('ada', 'of Ada', 'cloud_admin', 'research');
  await keystone.userWithRole('grace', 'of Grace', 'member', 'research');
  await keystone.userOfSystem('rita', 'of Rita', 'reader');
  if (!isLeftOut) await buildPage();
  stage = world.use(
    await Stage.open(
      {},
      {
        listen: { host: '127.0.0.1', port: 0 },
        keystone: {
          url: keystone.url,
          user: {
            name: 'ferry',
            password: 'of Ferry',
            domainName: 'Default',
            projectName: 'service',
            projectDomainName: 'Default',
          },
          roleMap: { cloud_admin: 'admin' },
          timeoutMs: 60_000,
        },
      },
    ),
  );
});

afterAll(async () => {
  await world.disposeAsync();
});

const path = '/ferry/v1/session';
const proof = { 'x-ferry-dashboard': '1' };

function signedIn(body: object): Promise<Reply> {
  return ask(stage.url, 'POST', path, { body, headers: proof });
}

/** What a browser keeps of an answer. */
function cookieOf({ headers }: Reply): string {
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

function withCookie(method: string, where: string, cookie: string): Promise<Reply> {
  return ask(stage.url, method, where, { headers: { cookie, ...proof } });
}

const ada = { user: 'ada', password: 'of Ada', project: 'research' };

describe("a session of a Keystone's user", () => {
  test('opens what the role opens, and nothing from its end on, at Ferry and at Keystone', async () => {
    const signed = await signedIn(ada);
    expect(signed).toMatchObject({
      status: 201,
      body: { user: { name: 'ada', role: 'admin', project: 'research' }, identity: 'keystone' },
    });
    const cookie = cookieOf(signed);
    expect((await withCookie('GET', '/ferry/v1/hosts', cookie)).status).toBe(200);
    expect((await withCookie('DELETE', path, cookie)).status).toBe(204);
    expect((await withCookie('GET', '/ferry/v1/hosts', cookie)).status).toBe(401);
    const token = cookie.split('=')[1] ?? '';
    const shown = { 'x-subject-token': token };
    expect((await ask(keystone.url, 'GET', '/auth/tokens', { token, headers: shown })).status).toBe(401);
  });

  test('of the system is opened without a project, and is a reader', async () => {
    const signed = await signedIn({ user: 'rita', password: 'of Rita' });
    expect(signed).toMatchObject({
      status: 201,
      body: { user: { name: 'rita', role: 'reader', project: null } },
    });
  });

  test.each([
    ['a wrong password', { ...ada, password: 'no' }, 401, 'sign-in-refused'],
    ['a wrong project', { ...ada, project: 'other' }, 401, 'sign-in-refused'],
    ['a wrong domain', { ...ada, domain: 'other' }, 401, 'sign-in-refused'],
    [
      'a role that opens nothing',
      { user: 'grace', password: 'of Grace', project: 'research' },
      403,
      'forbidden',
    ],
    ['no role anywhere that is looked at', { user: 'grace', password: 'of Grace' }, 403, 'forbidden'],
  ])('is not opened by %s', async (_what, body, status, code) => {
    expect(await signedIn(body)).toMatchObject({ status, body: { error: { code } } });
  });

  test('ends in the browser also where Keystone is silent, which is told', async () => {
    const cookie = cookieOf(await signedIn(ada));
    keystone.freeze();
    try {
      const out = await withCookie('DELETE', path, cookie);
      expect([out.status, out.body, out.headers.get('set-cookie')]).toEqual([
        503,
        { error: expect.objectContaining({ code: 'keystone-silent' }) as unknown },
        expect.stringMatching(/^ferry-session=; .*Max-Age=0$/),
      ]);
    } finally {
      keystone.thaw();
    }
  });
});

test.skipIf(isLeftOut)(
  'somebody signs in to the dashboard by a Keystone, sees the hosts, and signs out',
  async () => {
    const browser = await launch();
    try {
      const { page, errors, strangers } = await watchedPage(browser, stage.url);
      page.setDefaultTimeout(60_000);
      await page.goto(`${stage.url}/`);
      await page.getByLabel('Domain').waitFor();
      await page.getByLabel('Project').fill('research');
      await signIn(page, 'ada', 'of Ada');
      await page.getByText('compute11').first().waitFor();
      await page.goto(`${stage.url}/settings`);
      await page.getByText('are looked after by a Keystone').first().waitFor();
      await page.getByRole('button', { name: /ada.*admin · research/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByLabel('Password').waitFor();
      expect([errors, strangers]).toEqual([[], []]);
    } finally {
      await browser.close();
    }
  },
);
