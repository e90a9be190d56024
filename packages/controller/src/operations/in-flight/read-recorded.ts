import { recordingVersion } from '@ferry/api';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** Events of one migration that a recording holds at most. */
const maxEvents = 10_000;
/** Records that are read at a time. */
const batch = 500;

/** All that is kept of a migration, a line of JSON each: itself, its events, and what its transfer showed look by look. */
export async function readRecorded(services: Services, id: string): Promise<AsyncIterable<string>> {
  const migration = await services.store.migrations.byId(id);
  if (migration === null) throw new Refusal('migration-not-found', `There is no migration "${id}".`);
  return lines(services, id, { kind: 'migration', version: recordingVersion, migration });
}

async function* lines({ store }: Services, id: string, head: object): AsyncGenerator<string> {
  yield `${JSON.stringify(head)}\n`;
  for (const { at, message } of await store.events.of(id, maxEvents))
    yield `${JSON.stringify({ at, kind: 'event', message })}\n`;
  for (let after = 0; ; ) {
    const { records, last } = await store.recordings.after(id, after, batch);
    for (const record of records) yield `${record}\n`;
    if (records.length < batch) return;
    after = last;
  }
}
