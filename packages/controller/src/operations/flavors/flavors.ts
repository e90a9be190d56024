import { randomUUID } from 'node:crypto';
import { type Caller, type Flavor, mayUseFlavor } from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** A flavor to be made. Sizes as Nova has them. */
export interface NewFlavor {
  /** Null lets Ferry give one. */
  readonly id: string | null;
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly rootGib: number;
  readonly ephemeralGib: number;
  readonly swapMib: number;
  readonly rxtxFactor: number;
  readonly isPublic: boolean;
  readonly description: string | null;
}

/** The flavors that the caller may use, by their ids. */
export async function listFlavors({ store }: Services, caller: Caller): Promise<Flavor[]> {
  return (await store.flavors.list()).filter((flavor) => mayUseFlavor(flavor, caller));
}

/** One that the caller may use; refuses else. */
export async function findFlavor({ store }: Services, caller: Caller, id: string): Promise<Flavor> {
  const flavor = await store.flavors.byId(id);
  if (flavor === null || !mayUseFlavor(flavor, caller)) throw noFlavor(id);
  return flavor;
}

/** One by its id or its name, for operators; refuses when there is none. */
export async function flavorNamed({ store }: Services, idOrName: string): Promise<Flavor> {
  const flavors = await store.flavors.list();
  const flavor =
    flavors.find(({ id }) => id === idOrName) ?? flavors.find(({ name }) => name === idOrName) ?? null;
  if (flavor === null) throw noFlavor(idOrName);
  return flavor;
}

/** Adds a flavor; one that is not public can at first be used by nobody but administrators. */
export async function createFlavor({ store }: Services, wanted: NewFlavor): Promise<Flavor> {
  const now = new Date().toISOString();
  const id = wanted.id ?? randomUUID();
  const flavor: Flavor = { ...wanted, id, extraSpecs: {}, access: [], createdAt: now, updatedAt: now };
  switch (await store.flavors.add(flavor)) {
    case 'added':
      return flavor;
    case 'id-taken':
      throw new Refusal('flavor-exists', `Flavor with ID ${id} already exists.`);
    case 'name-taken':
      throw new Refusal('flavor-exists', `Flavor with name ${wanted.name} already exists.`);
  }
}

/** Changes a flavor; instances that were created in it keep what it was. */
export async function changeFlavor(
  { store }: Services,
  id: string,
  change: (flavor: Flavor) => Flavor,
): Promise<Flavor> {
  const flavor = await store.flavors.change(id, change);
  if (flavor === null) throw noFlavor(id);
  return flavor;
}

/** Removes a flavor; instances that were created in it stay. */
export async function deleteFlavor({ store }: Services, id: string): Promise<void> {
  if (!(await store.flavors.remove(id))) throw noFlavor(id);
}

function noFlavor(id: string): Refusal {
  return new Refusal('flavor-not-found', `Flavor ${id} could not be found.`);
}
