import { expect, test } from 'vitest';
import { OperationTrace } from './traces.ts';

test('without an SDK nothing is read, written or kept, and the work is done all the same', async () => {
  const asked: string[] = [];
  const memory = {
    read: () => Promise.resolve(asked.push('read') > 0 ? null : null),
    write: () => Promise.resolve(void asked.push('write')),
  };
  const operation = { id: 'o', workflow: 'power', how: 'run', migration: null } as const;
  const traced = await OperationTrace.begin(operation, memory);
  traced.record({ entry: { kind: 'step-started', step: 'a', attempt: 1 } });
  expect(await traced.within(() => Promise.resolve('done'))).toBe('done');
  await expect(traced.within(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(asked).toEqual([]);
});
