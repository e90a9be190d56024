import { movingTasks, type PowerState, type VmState } from '@ferry/model';
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { Schema } from './schema/schema.ts';

/** Which instances, by name and then id. Undefined: no matter. */
export interface InstanceQuery {
  readonly hostId?: string | undefined;
  readonly powerState?: PowerState | undefined;
  readonly vmState?: VmState | undefined;
  readonly projectId?: string | undefined;
  readonly namePrefix?: string | undefined;
  readonly moving?: boolean | undefined;
  readonly fault?: boolean | undefined;
  /** Id or name of the flavor, as it was when they were made in it. */
  readonly flavor?: string | undefined;
  /** Name of a key pair; names are each user's own. */
  readonly keypair?: string | undefined;
  /** Id of who made them. */
  readonly userId?: string | undefined;
  /** What a card is plugged into, as their host showed it last. */
  readonly network?: string | undefined;
}

type InstanceWhere = ExpressionBuilder<Schema, 'instance'>;

/** What a query says, in SQL. `shared`: in PostgreSQL's, which has words of its own for JSON. */
export function instanceConditions(
  where: InstanceWhere,
  query: InstanceQuery,
  shared: boolean,
): Expression<SqlBool>[] {
  const { hostId, powerState, vmState, namePrefix, moving, fault, network } = query;
  const all: Expression<SqlBool>[] = profileConditions(where, query, shared);
  if (hostId !== undefined) all.push(where('host_id', '=', hostId));
  if (powerState !== undefined) all.push(where('power_state', '=', powerState));
  if (vmState !== undefined) all.push(where('vm_state', '=', vmState));
  if (fault !== undefined) all.push(where('fault', fault ? 'is not' : 'is', null));
  if (namePrefix !== undefined)
    all.push(sql<SqlBool>`substr(name, 1, length(cast(${namePrefix} as text))) = ${namePrefix}`);
  if (moving === true) all.push(where('task_state', 'in', movingTasks));
  if (moving === false)
    all.push(where.or([where('task_state', 'is', null), where('task_state', 'not in', movingTasks)]));
  if (network !== undefined)
    all.push(
      where(
        'id',
        'in',
        where.selectFrom('instance_devices').select('instance_id').where(pluggedInto(network, shared)),
      ),
    );
  return all;
}

/** What is written down of how they were made. */
function profileConditions(
  where: InstanceWhere,
  { projectId, userId, keypair, flavor }: InstanceQuery,
  shared: boolean,
): Expression<SqlBool>[] {
  if ([projectId, userId, keypair, flavor].every((one) => one === undefined)) return [];
  let profiles = where.selectFrom('instance_profile').select('instance_id');
  if (projectId !== undefined) profiles = profiles.where('project_id', '=', projectId);
  if (userId !== undefined) profiles = profiles.where('user_id', '=', userId);
  if (keypair !== undefined) profiles = profiles.where('key_name', '=', keypair);
  if (flavor !== undefined) profiles = profiles.where(ofFlavor(flavor, shared));
  return [where('id', 'in', profiles)];
}

function ofFlavor(flavor: string, shared: boolean): Expression<SqlBool> {
  return shared
    ? sql<SqlBool>`${flavor} in (flavor::json ->> 'id', flavor::json ->> 'name')`
    : sql<SqlBool>`${flavor} in (json_extract(flavor, '$.id'), json_extract(flavor, '$.name'))`;
}

function pluggedInto(network: string, shared: boolean): Expression<SqlBool> {
  return shared
    ? sql<SqlBool>`exists (select 1 from json_array_elements(devices::json -> 'interfaces') as card where card ->> 'network' = ${network})`
    : sql<SqlBool>`exists (select 1 from json_each(devices, '$.interfaces') as card where json_extract(card.value, '$.network') = ${network})`;
}
