import {
  type EffectivePolicy,
  type Finding,
  type Instance,
  judge,
  type MoveRequest,
  type Role,
} from '@ferry/model';
import { forecastInspected, type MadeForecast } from '../forecast/forecast-inspected.ts';
import { withPolicy } from '../policies/policy-of-move.ts';
import { findInstance } from '../engine/find-instance.ts';
import { inspectMove, type Inspection } from '../facts/inspect-move.ts';
import type { Services } from '../engine/services.ts';

/** The answer to "would it work?". */
export interface CheckReport {
  /** `not-known`: nothing forbids it, and facts that it takes could not be had. It is refused like one that is not possible. */
  readonly verdict: 'possible' | 'not-possible' | 'not-known';
  readonly instance: Instance;
  /** As it was asked for, with what policies say where it says nothing. */
  readonly request: MoveRequest;
  readonly policy: EffectivePolicy;
  readonly inspection: Inspection;
  readonly findings: readonly Finding[];
  /** Of a live migration, from what is written down; null: there is none. */
  readonly forecast: MadeForecast | null;
}

const verdicts = { go: 'possible', refuse: 'not-possible', unsure: 'not-known' } as const;

/** Judges a move on live facts and changes nothing. */
export async function checkMove(
  services: Services,
  role: Role,
  name: string,
  asked: MoveRequest,
  goesWith: readonly string[] = [],
): Promise<CheckReport> {
  const instance = await findInstance(services.store, name);
  const { request, policy } = await withPolicy(services, instance, asked);
  const inspection = await inspectMove(services, role, request, instance, goesWith);
  const { verdict, findings } = judge(inspection.input);
  const forecast = await forecastInspected(services, instance, inspection.input, policy);
  return { verdict: verdicts[verdict], instance, request, policy, inspection, findings, forecast };
}
