import type { MoveBody } from '@ferry/api';
import type { Caller, InstanceProfile, Migration, PowerAction, VmState } from '@ferry/model';
import type { GuestStatistics } from '@ferry/hypervisor';
import type { WantedVolume } from '../../operations/volumes/submit-attach.ts';
import type { ServerVolume } from '../../operations/volumes/list-volumes.ts';
import type { Quotas } from '../../operations/engine/quotas.ts';
import type { NewServer } from '../../operations/create-instance/new-server.ts';
import type { ActionQuery, RequestContext, InstanceAction } from '../../store/operations/action-store.ts';
import type { Aggregate, AggregateChanged } from '../../store/hosts/aggregate-store.ts';
import type { HostKept, HostRecord, ServiceChange } from '../../store/hosts/host-services.ts';
import type {
  ListedMigration,
  MigrationQuery,
  MigrationRecord,
} from '../../store/migrations/migration-records.ts';
import type { ServerPage } from '../../store/instances/server-page.ts';
import type { ProjectUsage, ServerQuery, ServerRecord } from '../../store/instances/server-record.ts';
import type { InstanceUsage, UsageQuery } from '../../store/instances/usage-store.ts';
import type { ConsoleControls } from '../consoles/console-controls.ts';

/** A request that does something to an instance. */
export interface AskedBy extends RequestContext {
  readonly caller: Caller;
}

/** What a change of a server's own description may change. */
export type ServerChange = Partial<
  Pick<
    InstanceProfile,
    | 'description'
    | 'hostname'
    | 'metadata'
    | 'tags'
    | 'lockedBy'
    | 'lockedReason'
    | 'accessIpv4'
    | 'accessIpv6'
  >
> & {
  readonly name?: string;
};

/** What the pages of the compute API can ask for. */
export interface NovaControls extends ConsoleControls {
  server(id: string): Promise<ServerRecord | null>;
  servers(query: ServerQuery): Promise<ServerPage | 'no-marker'>;
  /** Changes what is said of a server, from what is said of it at that moment; null when it is gone. */
  changeServer(id: string, change: (server: ServerRecord) => ServerChange): Promise<ServerRecord | null>;
  /** Begins a power action; refuses when the instance is not in a state for it. */
  power(asked: AskedBy, id: string, action: PowerAction): Promise<void>;
  /** Begins a move, as Ferry's own API does. */
  moveServer(asked: AskedBy, id: string, move: MoveBody): Promise<Migration>;
  /** Begins the creation of servers; gives their ids. */
  createServers(asked: AskedBy, wanted: NewServer): Promise<readonly string[]>;
  /** Begins the deletion of a server; refuses while something else is done to it. */
  deleteServer(asked: AskedBy, id: string): Promise<void>;
  /** Sets what an instance is said to be; false while an operation holds it. */
  resetState(asked: AskedBy, id: string, state: VmState): Promise<boolean>;
  /** What the guest has written to its serial console; null where nothing is kept of it. */
  consoleOutput(id: string): Promise<string | null>;
  knowsHost(name: string): Promise<boolean>;
  migrationsOf(instanceId: string): Promise<readonly MigrationRecord[]>;
  migrationRecords(query: MigrationQuery): Promise<readonly ListedMigration[] | 'no-marker'>;
  forceComplete(asked: AskedBy, migration: Migration): Promise<void>;
  abortMigration(asked: AskedBy, migration: Migration): Promise<void>;
  /** What the hypervisor tells of a guest that runs. */
  guestStatistics(id: string): Promise<GuestStatistics>;
  actionsOf(query: ActionQuery): Promise<readonly InstanceAction[] | 'no-marker'>;
  actionOf(instanceId: string, requestId: string): Promise<InstanceAction | null>;
  /** Whose an instance was that something was done to; null where nothing is known of it. */
  projectOfActions(instanceId: string): Promise<string | null>;
  /** What instances of a project take. */
  usageOf(projectId: string): Promise<ProjectUsage>;
  /** What a project may have; and one of which nothing else is said. */
  quotasOf(projectId: string | null): Quotas;
  readonly defaultQuotas: Quotas;
  /** What instances have taken in a period; `no-marker` when there was none of the marker's id. */
  usages(query: UsageQuery): Promise<readonly InstanceUsage[] | 'no-marker'>;
  hostRecords(): Promise<readonly HostRecord[]>;
  instancesOfHost(hostId: string): Promise<readonly { readonly id: string; readonly domainName: string }[]>;
  /** Writes down what an operator says of a host; null when it is gone. */
  changeHost(hostId: string, change: ServiceChange): Promise<HostRecord | null>;
  /** Lets go of a host; else says what keeps it. */
  removeHost(hostId: string): Promise<HostKept | null>;
  aggregates(): Promise<readonly Aggregate[]>;
  addAggregate(name: string, availabilityZone: string | null): Promise<AggregateChanged>;
  changeAggregate(
    number: number,
    change: (aggregate: Aggregate) => Partial<Pick<Aggregate, 'name' | 'availabilityZone' | 'metadata'>>,
  ): Promise<AggregateChanged>;
  addAggregateHost(number: number, hostId: string): Promise<AggregateChanged>;
  removeAggregateHost(number: number, hostId: string): Promise<AggregateChanged>;
  /** False when it has hosts. */
  removeAggregate(number: number): Promise<boolean>;
  /** Its disks that are volumes, as its host has them now. */
  volumesOf(id: string): Promise<readonly ServerVolume[]>;
  /** Begins to give a server a volume. */
  attachVolume(asked: AskedBy, id: string, wanted: WantedVolume): Promise<ServerVolume>;
  /** Begins to take a volume from a server. */
  detachVolume(asked: AskedBy, id: string, volumeId: string): Promise<void>;
  /** Whether a volume goes with its server. */
  keepVolume(id: string, volumeId: string, deleteOnTermination: boolean): Promise<void>;
}
