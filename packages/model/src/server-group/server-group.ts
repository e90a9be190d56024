/** Where members of a group may be, of each other: what is not `soft` is held, the others are tried. */
export type ServerGroupPolicy = 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';
export const serverGroupPolicies: readonly ServerGroupPolicy[] = [
  'affinity',
  'anti-affinity',
  'soft-affinity',
  'soft-anti-affinity',
];

/** Instances that are placed with regard to each other. */
export interface ServerGroup {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId: string;
  readonly policy: ServerGroupPolicy;
  /** Of `anti-affinity`: so many members may share a host; null: one. */
  readonly maxPerHost: number | null;
  readonly createdAt: string;
}
