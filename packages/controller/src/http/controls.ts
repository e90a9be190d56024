import type { AuditControls } from './audit/audit-controls.ts';
import type {
  AddHostBody,
  AdoptInstanceBody,
  ChangeMigrationBody,
  CheckReportBody,
  EffectivePolicyBody,
  EvacuateBody,
  EventBody,
  EventFilter,
  FenceHostBody,
  FlavorBody,
  HealthBody,
  HostBody,
  HostFilter,
  HostDetailBody,
  ImageBody,
  InstanceBody,
  InstanceFilter,
  KeepInstanceBody,
  MigrationBody,
  MigrationFilter,
  MoveBody,
  ChangedSecurityGroupBody,
  InstanceGroupsBody,
  NewFlavorBody,
  NewSecurityGroupBody,
  NewSecurityGroupRuleBody,
  PolicyBody,
  SecurityGroupBody,
  SetInstanceGroupsBody,
  SetHostBody,
  SetPolicyBody,
} from '@ferry/api';
import type { Caller, Role } from '@ferry/model';
import type { CreateControls } from './nova/create-controls.ts';
import type { LibraryControls } from './glance/library-controls.ts';
import type { ResizeControls } from './nova/resize-controls.ts';
import type { NovaControls } from './nova/nova-controls.ts';
import type { VolumeControls } from './volume/volume-controls.ts';
import type { Identity } from './identity/identity-controls.ts';

/** What the pages of security groups can ask for. */
export interface SecurityGroupControls {
  securityGroups(): Promise<SecurityGroupBody[]>;
  securityGroup(nameOrId: string): Promise<SecurityGroupBody>;
  addSecurityGroup(body: NewSecurityGroupBody): Promise<SecurityGroupBody>;
  deleteSecurityGroup(nameOrId: string): Promise<SecurityGroupBody>;
  addSecurityGroupRule(nameOrId: string, body: NewSecurityGroupRuleBody): Promise<ChangedSecurityGroupBody>;
  deleteSecurityGroupRule(nameOrId: string, rule: string): Promise<ChangedSecurityGroupBody>;
  instanceGroups(instance: string): Promise<InstanceGroupsBody>;
  setInstanceGroups(instance: string, body: SetInstanceGroupsBody): Promise<InstanceGroupsBody>;
}

/** What the pages of flavors can ask for. */
export interface OwnFlavorControls {
  list(): Promise<FlavorBody[]>;
  create(body: NewFlavorBody): Promise<FlavorBody>;
  remove(idOrName: string): Promise<FlavorBody>;
}

/** What the pages of policies can ask for. */
export interface PolicyControls {
  list(): Promise<PolicyBody[]>;
  show(name: string): Promise<PolicyBody>;
  set(name: string, body: SetPolicyBody): Promise<PolicyBody>;
  remove(name: string): Promise<PolicyBody>;
  /** Of an instance; with a policy that a move would name. */
  effective(instance: string, named: string | null): Promise<EffectivePolicyBody>;
}

/** Where a page of a list begins (after the entry of that id; null: at the beginning), and how many entries it has at most. */
export interface PageBounds {
  readonly marker: string | null;
  readonly limit: number;
}

/** A page of a list, and the marker of the next; null: it is the last. */
export interface ListedPage<T> {
  readonly entries: T[];
  readonly next: string | null;
}

/** What the pages of Ferry's own lists can ask for. */
export interface ListControls {
  hosts(filter?: HostFilter): Promise<HostBody[]>;
  instances(filter: InstanceFilter, bounds: PageBounds): Promise<ListedPage<InstanceBody>>;
  migrations(filter: MigrationFilter, bounds: PageBounds): Promise<ListedPage<MigrationBody>>;
}

/** What the pages of the API can ask for: one operation or one reading each. */
export interface Controls
  extends SecurityGroupControls,
    NovaControls,
    CreateControls,
    ResizeControls,
    ListControls,
    AuditControls {
  readonly library: LibraryControls;
  readonly ownFlavors: OwnFlavorControls;
  readonly policies: PolicyControls;
  readonly volumes: VolumeControls;
  /** What a token may do with Ferry's own API; null for one that is not known, or whose roles say nothing here. */
  roleOf(token: string): Promise<Role | null>;
  /** Who a token of the OpenStack APIs stands for; null for one that is not known or not valid any more. */
  callerOf(token: string): Promise<Caller | null>;
  /** Who knows the users, and what can be asked of it. */
  readonly identity: Identity;
  health(): Promise<HealthBody>;
  showHost(nameOrId: string): Promise<HostDetailBody>;
  addHost(body: AddHostBody): Promise<HostDetailBody>;
  fence(nameOrId: string, body: FenceHostBody): Promise<HostBody>;
  setHost(nameOrId: string, body: SetHostBody): Promise<HostBody>;
  forgetHost(nameOrId: string): Promise<HostBody>;
  images(host: string): Promise<ImageBody[]>;
  removeImage(host: string, path: string): Promise<ImageBody>;
  instance(nameOrId: string): Promise<InstanceBody>;
  adopt(body: AdoptInstanceBody): Promise<InstanceBody>;
  forget(nameOrId: string): Promise<InstanceBody>;
  keep(nameOrId: string, body: KeepInstanceBody): Promise<InstanceBody>;
  check(role: Role, instance: string, move: MoveBody): Promise<CheckReportBody>;
  move(role: Role, instance: string, move: MoveBody): Promise<MigrationBody>;
  evacuate(role: Role, instance: string, body: EvacuateBody): Promise<MigrationBody>;
  migration(id: string): Promise<MigrationBody>;
  abort(id: string): Promise<MigrationBody>;
  /** Of a live migration that is sending. */
  changeTransfer(id: string, change: ChangeMigrationBody): Promise<MigrationBody>;
  endTransfer(id: string, end: 'force-complete' | 'post-copy' | 'pause'): Promise<MigrationBody>;
  /** What it showed and what was decided on it, a line of JSON each. */
  recording(id: string): Promise<AsyncIterable<string>>;
  /** Of a migration that is held. */
  decide(id: string, decision: 'confirm' | 'revert'): Promise<MigrationBody>;
  /** Those that fit, after a sequence number, or what comes from now on. */
  events(after: number | null, filter: EventFilter, signal: AbortSignal): AsyncIterable<EventBody>;
}
