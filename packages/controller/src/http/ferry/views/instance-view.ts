import { asBody } from './as-body.ts';
import type { InstanceBody, MigrationBody, ForecastBody, MigrationForecastBody } from '@ferry/api';
import {
  busyWithMove,
  type Instance,
  type InstanceFault,
  instanceActions,
  type Migration,
  type Forecast,
} from '@ferry/model';
import type { Store } from '../../../store/store.ts';
import type { MigrationForecast } from '../../../operations/forecast/migration-forecast.ts';

/** Names of all hosts by their ids. */
export async function hostNames({ hosts }: Pick<Store, 'hosts'>): Promise<Map<string, string>> {
  return new Map((await hosts.list()).map((host) => [host.id, host.name]));
}

/** An instance as Ferry's API shows it; its host by name. */
export function instanceBody(instance: Instance, names: ReadonlyMap<string, string>): InstanceBody {
  const nameOf = (id: string): string => names.get(id) ?? id;
  const { operationId, ...rest } = instance;
  return {
    ...rest,
    migrationId: busyWithMove(instance) ? operationId : null,
    host: nameOf(instance.hostId),
    fault: faultBody(instance.fault, nameOf),
  };
}

/** The same, with what may be done to it now. */
export async function instanceWithActions(
  store: Pick<Store, 'hosts' | 'definitionBackups'>,
  instance: Instance,
): Promise<InstanceBody> {
  const hosts = await store.hosts.list();
  const host = hosts.find(({ id }) => id === instance.hostId) ?? null;
  const kept = await store.definitionBackups.of(instance.id, instance.hostId);
  const names = new Map(hosts.map(({ id, name }) => [id, name]));
  const actions = instanceActions({ instance, host, definitionKept: kept !== null });
  return { ...instanceBody(instance, names), actions };
}

/** Hosts are told by their names. */
function faultBody(fault: InstanceFault | null, nameOf: (id: string) => string): InstanceBody['fault'] {
  if (fault === null) return null;
  const { kind, message, remedy, hostIds, withoutGap, keep, since = null } = fault;
  return {
    kind,
    message,
    remedy,
    hosts: hostIds.map(nameOf).toSorted(),
    since,
    withoutGap: withoutGap === null ? null : nameOf(withoutGap),
    keep: keep === null ? null : nameOf(keep),
  };
}

/** A migration as Ferry's API shows it. */
export function migrationBody(migration: Migration): MigrationBody {
  return asBody<MigrationBody>(migration);
}

/** A forecast as the API tells it. */
export function forecastBody(forecast: Forecast): ForecastBody {
  return asBody<ForecastBody>(forecast);
}

/** What was said of a migration, is said of it now, and came of it; no field where none was made. */
export function migrationForecastField(found: MigrationForecast | null): {
  readonly forecast?: MigrationForecastBody;
} {
  return found === null ? {} : { forecast: asBody<MigrationForecastBody>(found) };
}
