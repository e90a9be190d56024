import { expect, test } from 'vitest';
import { IdentityStage } from './identity-stage.ts';
import { runFerry } from './run-ferry.ts';

/** Runs the command line as a person on the controller's machine would. */
function ferry({ stage }: IdentityStage, words: readonly string[], input = ''): ReturnType<typeof runFerry> {
  return runFerry(stage, words, input);
}

test('a project, a user with a role in it, and the password that was made lets them in', async () => {
  await using identity = await IdentityStage.open();
  expect((await ferry(identity, ['project', 'create', 'research'])).code).toBe(0);
  const made = await ferry(identity, ['user', 'create', 'ada', '--project', 'research', '-o', 'json']);
  const { password } = JSON.parse(made.out) as { password: string };
  expect((await identity.signIn({ name: 'ada', password, project: 'research' })).status).toBe(201);
  expect((await ferry(identity, ['user', 'show', 'ada'])).out).toMatch(/^roles +member in research$/m);
  const listed = await ferry(identity, ['role', 'list', '--project', 'research']);
  expect(listed.out).toMatch(/^ada +member +research$/m);
});

test('a password comes by the standard input and is never shown; a new one ends what the old one let in', async () => {
  await using identity = await IdentityStage.open();
  await ferry(identity, ['project', 'create', 'research']);
  const words = ['user', 'create', 'ada', '--project', 'research', '--role', 'manager', '--password-stdin'];
  const made = await ferry(identity, words, 'analytical engine\n');
  expect([made.code, made.out.includes('analytical')]).toEqual([0, false]);
  const token = await identity.tokenOf({ name: 'ada', password: 'analytical engine', project: 'research' });
  const changed = await ferry(identity, ['user', 'set', 'ada', '--generate-password']);
  const password = /^password +(\S+)$/m.exec(changed.out)?.[1] ?? '';
  expect(await identity.isGood(token)).toBe(false);
  const fresh = await identity.tokenOf({ name: 'ada', password, project: 'research' });
  await ferry(identity, ['role', 'remove', 'manager', '--user', 'ada', '--project', 'research']);
  expect(await identity.isGood(fresh)).toBe(false);
  await ferry(identity, ['role', 'add', 'reader', '--user', 'ada', '--system']);
  expect((await identity.signIn({ name: 'ada', password, scope: { system: { all: true } } })).status).toBe(
    201,
  );
  expect((await ferry(identity, ['user', 'set', 'ada', '--disable'])).out).toMatch(/^enabled +no$/m);
});

test('a Keystone without a service user to ask it with is told at the start', async () => {
  await using identity = await IdentityStage.open();
  const { code, err } = await ferry(identity, ['serve', '--keystone-url', 'http://127.0.0.1:5000']);
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('FERRY_KEYSTONE_USER and FERRY_KEYSTONE_PASSWORD'),
  ]);
});

test('what goes wrong is said with the exit code of its kind', async () => {
  await using identity = await IdentityStage.open();
  const outcome = async (...words: string[]): Promise<[number | null, string]> => {
    const { code, err } = await ferry(identity, words);
    return [code, err];
  };
  expect(await outcome('user', 'show', 'nobody')).toEqual([6, expect.stringContaining('there are: admin')]);
  expect(await outcome('user', 'create', 'ada', '--project', 'nowhere')).toEqual([
    6,
    expect.stringContaining('There is no project "nowhere"'),
  ]);
  expect(await outcome('user', 'create', 'admin')).toEqual([1, expect.stringContaining('"admin" already')]);
  expect(await outcome('project', 'delete', 'admin')).toEqual([1, expect.stringContaining('it stays')]);
  expect(await outcome('role', 'add', 'owner', '--user', 'admin', '--system')).toEqual([
    6,
    expect.stringContaining('there are: admin, manager, member, reader'),
  ]);
  expect(await outcome('role', 'add', 'member', '--user', 'admin')).toEqual([
    1,
    expect.stringContaining('--project and --system'),
  ]);
  const reader = ['--token', identity.ownToken('reader')];
  expect(await outcome('user', 'list', ...reader)).toEqual([5, expect.stringContaining('list_users')]);
});
