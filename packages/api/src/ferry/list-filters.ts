import type { MigrationKind, PowerState, VmState } from '@ferry/model';
import { type Static, Type } from 'typebox';
import { migrationStatuses } from './migration.ts';
import { planStates } from './plan.ts';

const powerStates = [
  'running',
  'paused',
  'shutoff',
  'crashed',
  'suspended',
  'unknown',
] as const satisfies readonly PowerState[];
const vmStates = [
  'building',
  'active',
  'paused',
  'suspended',
  'stopped',
  'resized',
  'error',
] as const satisfies readonly VmState[];
const kinds = [
  'live-migration',
  'cold-migration',
  'evacuation',
  'rehearsal',
] as const satisfies readonly MigrationKind[];
/** The words that a filter of a list knows. */
export const filterWords = {
  powerStates,
  vmStates,
  hostStates: ['up', 'down'],
  hostStatuses: ['enabled', 'disabled'],
  planStates,
  kinds,
  statuses: migrationStatuses,
} as const;

const name = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 255, description }));
const oneOf = <const Word extends string>(words: readonly Word[], description: string) =>
  Type.Optional(Type.Unsafe<Word>(Type.Enum([...words], { description })));
const yesOrNo = (description: string) => oneOf(['true', 'false'], description);

/** Which instances a list tells: those that fit all that is said. */
export const InstanceFilterSchema = Type.Object({
  host: name('those recorded on this host, by name or id'),
  power: oneOf(powerStates, 'power state as its host shows it'),
  state: oneOf(vmStates, '`resized`: held after a move, to be confirmed or reverted'),
  project: name('those of this project, by name or id'),
  name: name('those whose name begins so; capitals count'),
  moving: yesOrNo('whether a migration, an evacuation, or the confirming or reverting of one goes on'),
  fault: yesOrNo('whether hosts show something else than the record'),
  flavor: name('those made in this flavor, by name or id, also when it is gone'),
  keypair: name("those made with a key pair of this name; names are each user's own"),
  user: name('those made by this user, by id'),
  network: name('those with a card in this network, bridge or device, as their host showed it last'),
});
export type InstanceFilter = Static<typeof InstanceFilterSchema>;

/** Which hosts a list tells. */
export const HostFilterSchema = Type.Object({
  state: oneOf(filterWords.hostStates, 'whether its libvirtd answers'),
  status: oneOf(filterWords.hostStatuses, 'whether it takes new instances'),
  zone: name('those of this availability zone; `nova`: those that no aggregate names one for'),
  label: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 320,
      description: 'those with this label: `name=value`, or `name` with any value',
    }),
  ),
});
export type HostFilter = Static<typeof HostFilterSchema>;

/** Which migrations a list tells. */
export const MigrationFilterSchema = Type.Object({
  instance: name('those of this instance, by name or id, also when it is gone'),
  host: name('those that have this host as source or target, by name or id, also when it is gone'),
  status: oneOf(migrationStatuses, 'where it stands'),
  kind: oneOf(kinds, 'how it moves'),
  open: yesOrNo('whether it has still to end; one that waits to be confirmed or reverted has'),
  since: Type.Optional(
    Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
      description: 'those accepted at this time or later, UTC: 2030-01-31T12:00:00Z',
    }),
  ),
});
export type MigrationFilter = Static<typeof MigrationFilterSchema>;
