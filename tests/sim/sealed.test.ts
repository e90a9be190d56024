import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startController } from '@ferry/controller';
import { expect, test } from 'vitest';
import { Stage } from './world.ts';

test("a first start makes the key, its owner's alone, and the next one uses it", async () => {
  await using stage = await Stage.open();
  const path = join(stage.dataDirectory, 'secret.key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const made = readFileSync(path, 'utf8');
  await stage.guest({ name: 'web' });
  await stage.crash();
  await stage.start();
  expect(readFileSync(path, 'utf8')).toBe(made);
});

test('a move that a crash cut off goes on after a rotation of the key', async () => {
  await using stage = await Stage.open();
  const web = await stage.guest({ name: 'web', directory: '/images' });
  const { id } = await stage.client().migrate(web, { kind: 'cold-migration', host: 'compute12' });
  await stage.crash();
  const before = readFileSync(join(stage.dataDirectory, 'secret.key'), 'utf8').split('\n')[0];
  await stage.start({ rotateKey: true });
  expect(readFileSync(join(stage.dataDirectory, 'secret.key'), 'utf8').split('\n')[0]).not.toBe(before);
  expect((await stage.over(id)).status).toBe('confirmed');
});

test('a controller with another key does not start on that database, and says what to do', async () => {
  await using stage = await Stage.open();
  await stage.guest({ name: 'web' });
  await stage.crash();
  const folder = mkdtempSync(join(tmpdir(), 'ferry-other-key-'));
  try {
    const keyFile = join(folder, 'secret.key');
    writeFileSync(keyFile, `${Buffer.alloc(32, 1).toString('base64')}\n`, { mode: 0o600 });
    const refused = startController({ ...stage.options(), keyFile });
    await expect(refused).rejects.toMatchObject({ code: 'bad-key-file' });
    await expect(refused).rejects.toThrow(/all controllers of a database use the same key file/);
    await expect(startController({ ...stage.options(), keyFile: join(folder, 'none') })).rejects.toThrow(
      /There is no key file/,
    );
    copyFileSync(join(stage.dataDirectory, 'secret.key'), keyFile);
    await stage.start({ keyFile });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
