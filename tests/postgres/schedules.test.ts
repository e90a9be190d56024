import { holdSchedules } from '@ferry/controller/schedules';
import { VirtualPostgres } from '@ferry/controller/virtual-postgres';
import { expect, inject, test, vi } from 'vitest';

vi.mock('node:timers/promises', async () => (await import('@ferry/controller/virtual-time')).timersPromises);

const defaultRuns = 40;
const ample = 3_600_000;

test(
  'whatever fails when, no guest runs twice or is lost, and all comes to its end, with transactions that meet',
  async () => {
    const server = inject('postgresUrl');
    if (server === undefined) throw new Error('this ring has a PostgreSQL server');
    await using postgres = await VirtualPostgres.on(server);
    const ends = await holdSchedules(defaultRuns, { postgres });
    expect([...ends]).toEqual(expect.arrayContaining(['live-migration completed']));
  },
  ample,
);
