import type {
  AddHostBody,
  AdoptInstanceBody,
  CheckReportBody,
  HealthBody,
  HostBody,
  HostDetailBody,
  InstanceBody,
  MigrationBody,
  MoveBody,
} from '@ferry/api';
import type { Role } from '@ferry/model';
import type { StoredEvent } from '../store/event-store.ts';

/** What the pages of the API can ask for: one operation or one reading each. */
export interface Controls {
  health(): Promise<HealthBody>;
  hosts(): Promise<HostBody[]>;
  showHost(nameOrId: string): Promise<HostDetailBody>;
  addHost(body: AddHostBody): Promise<HostDetailBody>;
  instances(): Promise<InstanceBody[]>;
  instance(nameOrId: string): Promise<InstanceBody>;
  adopt(body: AdoptInstanceBody): Promise<InstanceBody>;
  check(role: Role, instance: string, move: MoveBody): Promise<CheckReportBody>;
  move(role: Role, instance: string, move: MoveBody): Promise<MigrationBody>;
  migrations(): Promise<MigrationBody[]>;
  migration(id: string): Promise<MigrationBody>;
  abort(id: string): Promise<MigrationBody>;
  events(after: number, signal: AbortSignal): AsyncIterable<StoredEvent>;
}
