import type { Json } from '../database/column-types.ts';

/** What was seen of a host at the last look at what runs there. */
export interface HostLoadTable {
  host_id: string;
  at: string;
  /** Null: it was looked at once. */
  load: Json | null;
  /** Of what is no instance. */
  others: Json | null;
  /** Processor time of each guest since it was started, nanoseconds by id. */
  counters: Json;
  /** What is free where guests have files. */
  free: Json;
}

/** What an instance has used of processors over time. */
interface InstanceLoadTable {
  instance_id: string;
  load: Json;
}

/** What evens out the load of some hosts by itself. */
export interface BalancerTable {
  name: string;
  /** What it is told to do, as it was set. */
  settings: Json;
  /** What came of its last turn. */
  last: Json | null;
  /** When its turn is next, UTC ISO 8601. */
  due_at: string;
  /** Grows by each change: a turn on settings that another has changed meanwhile is not written down. */
  revision: number;
}

/** Tables of loads and of what evens them out. */
export interface LoadSchema {
  host_load: HostLoadTable;
  instance_load: InstanceLoadTable;
  balancer: BalancerTable;
}
