import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Stage, until } from './world.ts';

interface Ready {
  readonly status: number;
  readonly body: {
    readonly ready: boolean;
    readonly parts: readonly { readonly part: string; readonly reason: string | null }[];
  };
}

/** Without a token, as load balancers ask. */
async function ready(stage: Stage): Promise<Ready> {
  const response = await fetch(`${stage.url}/ferry/v1/ready`);
  return { status: response.status, body: (await response.json()) as Ready['body'] };
}

const open = (): Promise<Stage> => Stage.open({}, { listen: { host: '127.0.0.1', port: 0 } });

test('a controller that works is ready, each part named, whatever its hosts do', async () => {
  await using stage = await open();
  stage.world.host('compute11').up = false;
  expect(await ready(stage)).toEqual({
    status: 200,
    body: {
      ready: true,
      parts: ['database', 'images', 'rounds'].map((part) => ({ part, ready: true, reason: null })),
    },
  });
});

test('a part that cannot do its work is told with its reason, and is ready again when it can', async () => {
  await using stage = await open();
  const images = join(stage.dataDirectory, 'images');
  rmSync(images, { recursive: true, force: true });
  writeFileSync(images, '');
  const seen = await until('it is said', async () => {
    const told = await ready(stage);
    return told.status === 503 ? told : null;
  });
  expect(seen.body.ready).toBe(false);
  expect(seen.body.parts).toContainEqual({
    part: 'images',
    ready: false,
    reason: 'where images are to be is no directory',
  });
  rmSync(images);
  await until('it is ready again', async () => ((await ready(stage)).body.ready ? true : null));
});
