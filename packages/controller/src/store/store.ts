import { type Kysely, sql } from 'kysely';
import { ActionStore } from './operations/action-store.ts';
import { AuditStore } from './operations/audit-store.ts';
import { AggregateStore } from './hosts/aggregate-store.ts';
import { isShared } from './database/atomically.ts';
import { AttachmentStore } from './storage/attachment-store.ts';
import { CatalogueStore } from './storage/catalogue-store.ts';
import type { Now } from './database/clock.ts';
import { DeviceStore } from './instances/device-store.ts';
import { EventStore } from './operations/event-store.ts';
import { HeldMigrationStore } from './migrations/held-migration-store.ts';
import { ConsoleTokenStore } from './instances/console-token-store.ts';
import { CreationStore } from './creations/creation-store.ts';
import { DeletionStore } from './creations/deletion-store.ts';
import { ForecastStore } from './forecasts/forecast-store.ts';
import { MeasurementStore } from './forecasts/measurement-store.ts';
import { FlavorStore } from './instances/flavor-store.ts';
import { FleetStore } from './instances/fleet-store.ts';
import { HoldStore, OperationStore } from './operations/operation-store.ts';
import { DoctorStore } from './hosts/doctor-store.ts';
import { HostServices } from './hosts/host-services.ts';
import { HostStore } from './hosts/host-store.ts';
import { ApplicationCredentialStore } from './identity/application-credential-store.ts';
import { IdentityTokenStore } from './identity/identity-token-store.ts';
import { QuotaStore } from './identity/quota-store.ts';
import { ProjectStore } from './identity/project-store.ts';
import { RoleAssignmentStore } from './identity/role-assignment-store.ts';
import { SignInStore } from './identity/sign-in-store.ts';
import { UserStore } from './identity/user-store.ts';
import { BaseImageStore } from './storage/base-image-store.ts';
import { InstanceStore } from './instances/instance-store.ts';
import { DefinitionBackupStore } from './instances/definition-backup-store.ts';
import { type Lease, LockStore } from './database/lock-store.ts';
import { Session } from './database/session.ts';
import { KeypairStore } from './instances/keypair-store.ts';
import { LibraryStore } from './storage/library-store.ts';
import { ListPages } from './list-pages.ts';
import { MigrationRecords } from './migrations/migration-records.ts';
import { MigrationStore } from './migrations/migration-store.ts';
import { TransferStore } from './migrations/transfer-store.ts';
import { openDatabase } from './database/open-database.ts';
import { ObservedStateStore } from './observed-state-store.ts';
import { PlanStore } from './operations/plan-store.ts';
import type { Schema } from './schema/schema.ts';
import { BalancerStore } from './operations/balancer-store.ts';
import { LoadStore } from './hosts/load-store.ts';
import { PolicyStore } from './migrations/policy-store.ts';
import { RecordingStore, ProgressRecorder } from './migrations/recording-store.ts';
import { ProfileStore } from './instances/profile-store.ts';
import { bringUpToDate } from './schema/bring-up-to-date.ts';
import { SecurityGroupStore } from './firewall/security-group-store.ts';
import { RetentionStore } from './retention-store.ts';
import { ServerGroupStore } from './instances/server-group-store.ts';
import { ServerStore } from './instances/server-store.ts';
import { noObserver, type StoreObserver } from './store-observer.ts';
import { type KeySource, takeKeys } from './database/take-keys.ts';
import { TokenStore } from './identity/token-store.ts';
import { UsageStore } from './instances/usage-store.ts';
import { BroughtStorageStore } from './storage/brought-storage-store.ts';
import { VolumeTypeStore } from './storage/volume-type-store.ts';
import { WebhookStore } from './operations/webhook-store.ts';
import { VolumeWorkStore } from './storage/volume-work-store.ts';

/** All that Ferry remembers, by noun. Everything that happens together is one call on one noun's store. */
export class Store {
  readonly hosts: HostStore;
  readonly hostServices: HostServices;
  readonly aggregates: AggregateStore;
  readonly instances: InstanceStore;
  /** Pages of Ferry's own lists. */
  readonly lists: ListPages;
  readonly profiles: ProfileStore;
  readonly devices: DeviceStore;
  readonly servers: ServerStore;
  readonly actions: ActionStore;
  readonly audit: AuditStore;
  readonly retention: RetentionStore;
  readonly holds: HoldStore;
  readonly migrations: MigrationStore;
  readonly transfers: TransferStore;
  readonly migrationRecords: MigrationRecords;
  readonly forecasts: ForecastStore;
  readonly measurements: MeasurementStore;
  readonly heldMigrations: HeldMigrationStore;
  readonly operations: OperationStore;
  readonly events: EventStore;
  readonly tokens: TokenStore;
  readonly securityGroups: SecurityGroupStore;
  readonly baseImages: BaseImageStore;
  /** Pools and secrets of hosts that moves brought. */
  readonly broughtStorage: BroughtStorageStore;
  readonly catalogue: CatalogueStore;
  readonly attachments: AttachmentStore;
  readonly volumeTypes: VolumeTypeStore;
  readonly quotas: QuotaStore;
  readonly policies: PolicyStore;
  readonly loads: LoadStore;
  readonly balancers: BalancerStore;
  readonly doctor: DoctorStore;
  readonly plans: PlanStore;
  /** The whole fleet at once. */
  readonly fleet: FleetStore;
  readonly recordings: RecordingStore;
  readonly volumeWork: VolumeWorkStore;
  readonly locks: LockStore;
  readonly library: LibraryStore;
  readonly flavors: FlavorStore;
  readonly creations: CreationStore;
  readonly deletions: DeletionStore;
  readonly keypairs: KeypairStore;
  readonly serverGroups: ServerGroupStore;
  readonly definitionBackups: DefinitionBackupStore;
  readonly users: UserStore;
  readonly projects: ProjectStore;
  readonly roleAssignments: RoleAssignmentStore;
  readonly applicationCredentials: ApplicationCredentialStore;
  readonly identityTokens: IdentityTokenStore;
  readonly signIns: SignInStore;
  readonly consoleTokens: ConsoleTokenStore;
  readonly usage: UsageStore;
  readonly webhooks: WebhookStore;
  /** How much there is of everything. */
  readonly observedState: ObservedStateStore;
  readonly #db: Kysely<Schema>;
  readonly #now: Now;
  readonly #progress: ProgressRecorder;
  readonly #observer: StoreObserver;

  private constructor(
    db: Kysely<Schema>,
    now: Now,
    shared: {
      readonly events: EventStore;
      readonly progress: ProgressRecorder;
      readonly forecasts: ForecastStore;
      readonly fleet: FleetStore;
      readonly observer: StoreObserver;
    },
    lease: Lease | null,
  ) {
    const { events, progress, observer } = shared;
    const session = new Session(db, events, now, null);
    const leased = new Session(db, events, now, lease);
    this.#db = db;
    this.#now = now;
    this.events = events;
    this.#progress = progress;
    this.#observer = observer;
    this.hosts = new HostStore(session);
    this.hostServices = new HostServices(session);
    this.aggregates = new AggregateStore(db, now);
    this.instances = new InstanceStore(session);
    this.lists = new ListPages(db, progress);
    this.profiles = new ProfileStore(db, now);
    this.devices = new DeviceStore(db);
    this.servers = new ServerStore(db);
    this.actions = new ActionStore(db, now);
    this.audit = new AuditStore(db, now);
    this.retention = new RetentionStore(db);
    this.holds = new HoldStore(leased);
    this.migrations = new MigrationStore(leased, progress, observer);
    this.transfers = new TransferStore(leased, progress);
    this.forecasts = shared.forecasts;
    this.fleet = shared.fleet;
    this.measurements = new MeasurementStore(db);
    this.migrationRecords = new MigrationRecords(db, progress);
    this.heldMigrations = new HeldMigrationStore(leased);
    this.operations = new OperationStore(leased);
    this.tokens = new TokenStore(db, now);
    this.securityGroups = new SecurityGroupStore(session);
    this.baseImages = new BaseImageStore(session);
    this.broughtStorage = new BroughtStorageStore(db);
    this.catalogue = new CatalogueStore(db, now);
    this.attachments = new AttachmentStore(leased);
    this.volumeTypes = new VolumeTypeStore(db);
    this.quotas = new QuotaStore(db);
    this.policies = new PolicyStore(db);
    this.doctor = new DoctorStore(db, now);
    this.plans = new PlanStore(session);
    this.loads = new LoadStore(db);
    this.balancers = new BalancerStore(db);
    this.recordings = new RecordingStore(leased);
    this.volumeWork = new VolumeWorkStore(leased);
    this.locks = new LockStore(db);
    this.library = new LibraryStore(db, now);
    this.flavors = new FlavorStore(db, now);
    this.creations = new CreationStore(leased);
    this.deletions = new DeletionStore(leased);
    this.keypairs = new KeypairStore(db);
    this.serverGroups = new ServerGroupStore(db);
    this.definitionBackups = new DefinitionBackupStore(db);
    this.users = new UserStore(db, now);
    this.projects = new ProjectStore(db, now);
    this.roleAssignments = new RoleAssignmentStore(db);
    this.applicationCredentials = new ApplicationCredentialStore(db, now);
    this.identityTokens = new IdentityTokenStore(db, now);
    this.signIns = new SignInStore(db, now);
    this.consoleTokens = new ConsoleTokenStore(db, now);
    this.usage = new UsageStore(db);
    this.webhooks = new WebhookStore(db);
    this.observedState = new ObservedStateStore(db);
  }

  /** Opens a database by its URL or path and brings its schema up to date; without keys what is secret is written plainly. `observer` is told what comes of it. */
  static async open(
    where: string,
    now: Now = () => new Date().toISOString(),
    keys: KeySource | null = null,
    observer: StoreObserver = noObserver,
  ): Promise<Store> {
    const db = openDatabase(where, (seconds, failed) => observer.statement(seconds, failed));
    try {
      await bringUpToDate(db, where);
      if (keys !== null) await takeKeys(db, keys, now());
    } catch (error) {
      await db.destroy();
      throw error;
    }
    const shared = {
      events: new EventStore(db, now),
      progress: new ProgressRecorder(),
      forecasts: new ForecastStore(db, observer),
      fleet: new FleetStore(db),
      observer,
    };
    return new Store(db, now, shared, null);
  }

  /** The time that everything is written down with. */
  now(): string {
    return this.#now();
  }

  /** Whether other controllers may work on the same database. */
  get isShared(): boolean {
    return isShared(this.#db);
  }

  /** Asks the database for nothing but an answer: null, or it throws. */
  async answers(): Promise<null> {
    await sql`select 1`.execute(this.#db);
    return null;
  }

  /** The same store for whoever carries an operation on: writes of its migration and its log fail once it was taken over. */
  under(lease: Lease): Store {
    const { events, forecasts, fleet } = this;
    const shared = { events, forecasts, fleet, progress: this.#progress, observer: this.#observer };
    return new Store(this.#db, this.#now, shared, lease);
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}
