import type { MoveBody } from '@ferry/api';
import { describe, expect, test } from 'vitest';
import { Stage } from './world.ts';

const stranger = '99999999-9999-4999-8999-999999999999';
const moves: readonly MoveBody[] = [
  { kind: 'live-migration', host: 'compute12' },
  { kind: 'cold-migration', host: 'compute12' },
];

/** From now on another machine answers at the address of a host. */
function replace(stage: Stage, host: string): void {
  Object.assign(stage.world.host(host).facts, { hostUuid: stranger });
}

describe.each(moves)('another host answers at an address of a $kind', (move) => {
  test.each(['compute11', 'compute12'])(
    'at that of %s: the move is refused, and nothing is touched',
    async (host) => {
      await using stage = await Stage.open();
      await stage.guest({ name: 'web' });
      replace(stage, host);
      const before = stage.hosts();
      const report = await stage.client().check('web', move);
      const finding = report.findings.find(
        ({ code, severity }) => code === 'services-up' && severity === 'error',
      );
      expect(finding?.message).toContain(`another host answers at simulated://${host}/`);
      expect(finding?.message).toContain(stranger);
      await expect(stage.client().migrate('web', move)).rejects.toMatchObject({ code: 'checks-failed' });
      expect(stage.hosts()).toEqual(before);
      // A look that says so does not mark it up for others either.
      const seen = (await stage.client().hosts()).find(({ name }) => name === host);
      expect(seen?.facts?.hostUuid).not.toBe(stranger);
    },
  );

  test('that comes between the checks and the move: nothing is brought to it', async () => {
    await using stage = await Stage.open();
    const id = await stage.guest({ name: 'web' });
    const before = stage.hosts();
    // Asked for its facts once by the checks; the next who ask are the steps.
    let asked = 0;
    stage.world.faults.afterwards = (host, method) => {
      if (host !== 'compute12' || method !== 'facts') return;
      asked += 1;
      if (asked === 1) replace(stage, 'compute12');
    };
    const { id: migration } = await stage.client().migrate('web', move);
    const end = await stage.over(migration);
    expect(end.error).toMatchObject({ code: 'another-host' });
    expect(end.error?.message).toContain(stranger);
    expect(stage.hosts()).toEqual(before);
    expect(stage.world.runners(id)).toEqual(['compute11']);
  });
});
