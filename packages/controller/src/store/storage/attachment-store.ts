import type { Instance, Volume, VolumeAttachment } from '@ferry/model';
import type { Kysely, Transaction } from 'kysely';
import type { ActionFailure } from '../operations/action-store.ts';
import type { Session } from '../database/session.ts';
import { writeAttachment, attachmentsOf, columns, lockVolume, type VolumeChange } from './catalogue-store.ts';
import { forgetDefinition } from '../instances/definition-backup-store.ts';
import type { Schema } from '../schema/schema.ts';
import type { Now } from '../database/clock.ts';
import { freeInstance, type NewHold, takeInstance } from '../operations/take-instance.ts';

/** How the taking of a volume and an instance ended. */
export type Taken =
  | { readonly kind: 'taken' }
  /** The instance is held, or has changed since it was read. */
  | { readonly kind: 'instance-changed' }
  | { readonly kind: 'volume-changed' };

/** Which instances have which volumes. A volume and its instance are taken together, and given free together. */
export class AttachmentStore {
  readonly #session: Session;
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(session: Session) {
    this.#session = session;
    this.#db = session.db;
    this.#now = session.now;
  }

  /** Claims a volume for an instance that is to be given it: one that is free, or may be shared. */
  async beginAttach(instance: Instance, attachment: VolumeAttachment, hold: NewHold): Promise<Taken> {
    return this.#take(instance, hold, async (tx) => {
      const volume = await lockVolume(tx, attachment.volumeId);
      if (volume === null || !mayBeGiven(volume, await attachmentsOf(tx, volume.id), instance.id))
        return false;
      await tx
        .insertInto('volume_attachment')
        .values(writeAttachment(attachment, hold.operationId))
        .execute();
      return true;
    });
  }

  /** Takes an attachment that is to be ended. */
  async beginDetach(instance: Instance, attachment: VolumeAttachment, hold: NewHold): Promise<Taken> {
    return this.#take(instance, hold, async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('volume_attachment')
        .set({ state: 'detaching', operation_id: hold.operationId })
        .where('id', '=', attachment.id)
        .where('state', '=', 'attached')
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  /** The instance has the volume of the operation, and is free. Doing it twice changes nothing. */
  async endAttached(operationId: string, instanceId: string, failure: ActionFailure | null): Promise<void> {
    await this.#end(operationId, instanceId, failure, async (tx) => {
      await tx
        .updateTable('volume_attachment')
        .set({ state: 'attached', operation_id: null })
        .where('operation_id', '=', operationId)
        .execute();
    });
  }

  /** The instance has it no more, and is free; the volume is where it was seen. Doing it twice changes nothing. */
  async endDetached(
    operationId: string,
    instanceId: string,
    failure: ActionFailure | null,
    volume: { readonly id: string; readonly change: VolumeChange } | null = null,
  ): Promise<void> {
    await this.#end(operationId, instanceId, failure, async (tx, at) => {
      await tx.deleteFrom('volume_attachment').where('operation_id', '=', operationId).execute();
      if (volume === null) return;
      await tx
        .updateTable('volume')
        .set({ ...columns(volume.change), updated_at: at })
        .where('id', '=', volume.id)
        .execute();
    });
  }

  /** Writes down what was seen on a host: an instance that has a volume already. The same once more changes nothing. */
  async found(attachment: VolumeAttachment): Promise<void> {
    await this.#db
      .insertInto('volume_attachment')
      .values(writeAttachment(attachment, null))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Whether the volume goes with its instance. */
  async setDeleteOnTermination(id: string, deleteOnTermination: boolean): Promise<void> {
    await this.#db
      .updateTable('volume_attachment')
      .set({ delete_on_termination: deleteOnTermination ? 1 : 0 })
      .where('id', '=', id)
      .execute();
  }

  /** An instance that is being deleted lets go of a volume, which is where it was seen, or goes with it. */
  async release(attachment: VolumeAttachment, volume: VolumeChange | 'forget' | null): Promise<void> {
    const { id, volumeId } = attachment;
    await this.#session.write(async ({ tx }) => {
      await tx.deleteFrom('volume_attachment').where('id', '=', id).execute();
      if (volume === 'forget') await tx.deleteFrom('volume').where('id', '=', volumeId).execute();
      else if (volume !== null)
        await tx
          .updateTable('volume')
          .set({ ...columns(volume), updated_at: this.#now() })
          .where('id', '=', volumeId)
          .execute();
    });
  }

  async #take(
    instance: Instance,
    hold: NewHold,
    takeVolume: (tx: Transaction<Schema>) => Promise<boolean>,
  ): Promise<Taken> {
    const refused = new Error('the volume is not free any more');
    try {
      const taken = await this.#session.write(async (writing) => {
        if (!(await takeInstance(writing, instance, hold, this.#now()))) return false;
        if (!(await takeVolume(writing.tx))) throw refused;
        return true;
      });
      return { kind: taken ? 'taken' : 'instance-changed' };
    } catch (error) {
      if (error === refused) return { kind: 'volume-changed' };
      throw error;
    }
  }

  async #end(
    operationId: string,
    instanceId: string,
    failure: ActionFailure | null,
    write: (tx: Transaction<Schema>, at: string) => Promise<void>,
  ): Promise<void> {
    await this.#session.write(async (writing) => {
      const at = this.#now();
      const message = failure?.message ?? 'its volumes have changed';
      const end = { states: null, failure, message };
      if (!(await freeInstance(writing, operationId, instanceId, end, at))) return;
      await write(writing.tx, at);
      // What it would be started from elsewhere must not have a disk that another instance is given.
      await forgetDefinition(writing.tx, instanceId);
    });
  }
}

/** Whether an instance may be given a volume that has these attachments. */
function mayBeGiven(volume: Volume, attachments: readonly VolumeAttachment[], instanceId: string): boolean {
  if (volume.state !== 'ready' || attachments.some((one) => one.instanceId === instanceId)) return false;
  return volume.shareable || attachments.length === 0;
}
