import type { Generated } from 'kysely';
import type { Json } from '../database/column-types.ts';

/** A plan for the fleet. */
export interface PlanTable {
  /** Order of making. */
  sequence: Generated<number>;
  id: string;
  goal: Json;
  options: Json;
  /** The word of `state`, to find plans by. */
  status: string;
  state: Json;
  /** The plan as it was made last, without its steps. */
  outline: Json;
  /** What was tried and found since it was applied. */
  course: Json;
  /** Grows by each change: one that was read before another's is not written. */
  revision: number;
  created_by: string;
  created_at: string;
  updated_at: string;
  finished_at: string | null;
}

/** One thing that is to be done for a plan. */
export interface PlanStepTable {
  plan_id: string;
  number: number;
  action: Json;
  after: Json;
  starts_at_ms: number;
  ends_at_ms: number;
  because: string;
  /** The word of `state`. */
  status: string;
  state: Json;
  /** The migration that does it, or did; null: none was begun. */
  migration_id: string | null;
}

/** Tables of plans. */
export interface PlanSchema {
  plan: PlanTable;
  plan_step: PlanStepTable;
}

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

/** What was measured of a guest at one time. */
interface MemoryMeasurementTable {
  instance_id: string;
  at: string;
  measurement: Json;
}

/** When an instance was last taken to be measured, whatever came of it. */
interface MeasurementAttemptTable {
  instance_id: string;
  at: string;
}

/** What was said of a migration, and what came of it. */
interface MigrationForecastTable {
  migration_id: string;
  instance_id: string;
  class: string;
  source_host_id: string;
  target_host_id: string;
  made_at: string;
  input: Json;
  forecast: Json;
  /** Its passes over memory; null: none was seen. */
  passes: Json | null;
  /** How it ended; null: it goes on. */
  ended: string | null;
  facts: Json | null;
  /** What went over the link, where no limit held it back. */
  link_bytes_per_second: number | null;
}

/** Tables of forecasts. */
export interface ForecastSchema {
  memory_measurement: MemoryMeasurementTable;
  measurement_attempt: MeasurementAttemptTable;
  migration_forecast: MigrationForecastTable;
}

/** An address that is told what happens. */
export interface WebhookTable {
  id: string;
  name: string;
  url: string;
  kinds: Json;
  /** What it is signed with, sealed. */
  secret: string;
  created_at: string;
  created_by: string;
  /** The last event that is settled: told, given up, or not for it. */
  sequence: number;
  failures: number;
  reason: string | null;
  next_attempt_ms: number;
}

/** Attempts to tell, the last ones of each. */
interface WebhookDeliveryTable {
  number: Generated<number>;
  webhook_id: string;
  delivery: Json;
}

export interface WebhookSchema {
  webhook: WebhookTable;
  webhook_delivery: WebhookDeliveryTable;
}
