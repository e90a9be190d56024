import { type CheckInput, type SecretRef, storageSettings } from '@ferry/model';
import { triedLater } from '../facts/storage/tried-later.ts';

/** What the disks of a guest that moves take beside files. */
export interface MoveStorage {
  /** Pools by their name at the source, where the target names them otherwise. */
  readonly poolMap: Readonly<Record<string, string>>;
  /** Pools that its disks are named by. */
  readonly pools: readonly { readonly name: string; readonly targetName: string }[];
  /** Whether one that the target lacks may be defined there as at the source. */
  readonly definePools: boolean;
  /** Secrets that its disks need; never their values. */
  readonly secrets: readonly { readonly ref: SecretRef; readonly uuid: string }[];
  /** The guest's names of disks on the network that the target could not try to open before all this was there. */
  readonly tryLater: readonly string[];
  /** Disks that are named by a pool, by the guest's name of them. */
  readonly byPool: readonly string[];
}

/** What a move needs, from the facts that it was judged by. */
export function moveStorage({ request, target, pools, secrets, domain, plan }: CheckInput): MoveStorage {
  const settings = storageSettings(request, target);
  const tried = new Set(triedLater(secrets, domain?.disks ?? []));
  return {
    poolMap: Object.fromEntries(
      pools
        .filter(({ name, targetName }) => name !== targetName)
        .map(({ name, targetName }) => [name, targetName]),
    ),
    pools: pools.map(({ name, targetName }) => ({ name, targetName })),
    definePools: settings.define,
    secrets: secrets.flatMap(({ ref, atSource }) =>
      typeof atSource === 'object' && atSource !== null ? [{ ref, uuid: atSource.uuid }] : [],
    ),
    tryLater: (plan?.disks ?? []).map((disk) => disk.target).filter((name) => tried.has(name)),
    byPool: (domain?.disks ?? []).filter(({ volume }) => volume !== null).map((disk) => disk.target),
  };
}
