/** Something that an inventory says wrongly, and where. */
export interface InventoryProblem {
  /** Counted from 1; 0: of the file as a whole. */
  readonly line: number;
  readonly text: string;
}

/** What of a host can be said in an inventory, whatever its form; each is text. */
export const inventoryFields = [
  'name',
  'uri',
  'peerUri',
  'address',
  'user',
  'port',
  'transport',
  'group',
  'trustedCopyAddress',
  'sshIdentity',
  'knownHosts',
  'pkiPath',
  'authFile',
] as const;
export type InventoryField = (typeof inventoryFields)[number];

/** A value, and the line where it is said. */
export interface SaidValue {
  readonly text: string;
  readonly line: number;
  /** It is said for several hosts, and left out where it does not go with the others. */
  readonly inherited?: true;
}

/** One host as its inventory says it, before it is judged. */
export interface SaidHost {
  readonly line: number;
  readonly fields: ReadonlyMap<InventoryField, SaidValue>;
  readonly labels: ReadonlyMap<string, SaidValue>;
}

/** What a reader of one form has made of the text. `notes`: what is not read, and is nothing wrong. */
export interface SaidInventory {
  readonly hosts: readonly SaidHost[];
  readonly problems: readonly InventoryProblem[];
  readonly notes: readonly InventoryProblem[];
}

/** How variables of the environment are looked up that a file refers to. */
export type Environment = Readonly<Record<string, string | undefined>>;
