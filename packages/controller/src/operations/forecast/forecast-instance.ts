import type { Forecast, MoveRequest, Role } from '@ferry/model';
import { findInstance } from '../engine/find-instance.ts';
import { inspectMove } from '../facts/inspect-move.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { forecastInspected } from './forecast-inspected.ts';
import { measureInstance } from './measure-instance.ts';

/** What is said of a live migration that somebody thinks of. */
export interface ForecastReport {
  readonly instance: string;
  readonly sourceHost: string;
  readonly targetHost: string;
  readonly forecast: Forecast;
}

/** Measures the guest now, which takes 18 s, and says what would become of the move. Nothing is moved, or changed. */
export async function forecastInstance(
  services: Services,
  role: Role,
  name: string,
  request: MoveRequest,
): Promise<ForecastReport> {
  if (request.kind !== 'live-migration')
    throw new Refusal(
      'bad-request',
      `A forecast is of a live migration, and this is a ${request.kind}: nothing of its guest changes while it is copied.`,
    );
  const instance = await findInstance(services.store, name);
  const host = await services.store.hosts.byNameOrId(instance.hostId);
  if (host === null)
    throw new Error(`host ${instance.hostId} of instance ${instance.id} is not in the store`);
  const measured =
    instance.powerState === 'running'
      ? await measureInstance(services, instance.id, services.hypervisor.host(host.uri))
      : ({ kind: 'not-measured', because: `it is ${instance.powerState}` } as const);
  const { input } = await inspectMove(services, role, request, instance);
  const because = measured.kind === 'measured' ? null : measured.because;
  const made = await forecastInspected(services, instance, input, because);
  if (made === null)
    throw new Refusal(
      'checks-failed',
      `Nothing can be said of moving ${instance.name}: ${input.targetProblem ?? input.planProblem ?? `${host.name} does not tell what it is made of`}. \`ferry check\` tells all.`,
    );
  return {
    instance: instance.name,
    sourceHost: input.source.name,
    targetHost: input.target?.name ?? '',
    forecast: made.forecast,
  };
}
