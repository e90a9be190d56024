import {
  attach,
  create,
  decide,
  detach,
  evacuate,
  move,
  power,
  rehearse,
  remove,
} from './former-requests.ts';
import type { FormerStage } from './former-stage.ts';

/** One operation that a former version begins. */
export interface FixtureCase {
  readonly name: string;
  /** Of a version's operations: what must be there for the version to know this kind. */
  readonly needs: string;
  /** Where the disks of its guest are; null: it has none. */
  readonly directory: '/shared' | '/images' | null;
  readonly accept: (stage: FormerStage) => Promise<string>;
  /** A call that is refused for good once the operation is accepted. */
  readonly refused?: { readonly host: string; readonly method: string };
  /** It is stopped in the middle of steps, too: right after each such call, as `HOST METHOD`. */
  readonly cutAfter?: readonly string[];
}

const live = { needs: 'live-migrate/workflow.ts', accept: move('live-migration') };
const cold = { needs: 'cold-migrate/workflow.ts', accept: move('cold-migration') };
const held = 'cold-migrate/held/submit-decision.ts';
const evacuation = { needs: 'evacuate/workflow.ts', directory: '/shared', accept: evacuate } as const;
const creation = { needs: 'create-instance/workflow.ts', directory: null, accept: create };
const rehearsal = { needs: 'rehearse/workflow.ts', accept: rehearse };
const deletion = { needs: 'delete-instance/workflow.ts', directory: null, accept: remove };

/** How a case ends stands at the end of its name: `undone` and `blocked` ones are refused something. */
export const fixtureCases: readonly FixtureCase[] = [
  { ...live, name: 'live-peer', directory: '/shared' },
  { ...live, name: 'live-managed', directory: '/images' },
  { ...cold, name: 'cold', directory: '/images' },
  {
    ...live,
    name: 'live-undone',
    directory: '/images',
    refused: { host: 'compute12', method: 'migration.prepare' },
  },
  {
    ...cold,
    name: 'cold-undone',
    directory: '/images',
    refused: { host: 'compute12', method: 'domains.ensureDefined' },
  },
  {
    ...live,
    name: 'live-blocked',
    directory: '/images',
    refused: { host: 'compute11', method: 'domains.ensureStaleCopyRemoved' },
  },
  { name: 'held', needs: held, directory: '/images', accept: move('cold-migration', true) },
  { name: 'confirm', needs: held, directory: '/images', accept: decide('confirm') },
  { name: 'revert', needs: held, directory: '/images', accept: decide('revert') },
  { ...evacuation, name: 'evacuate' },
  {
    ...evacuation,
    name: 'evacuate-undone',
    refused: { host: 'compute12', method: 'domains.ensureDefined' },
  },
  { name: 'power-stop', needs: 'power/workflow.ts', directory: '/images', accept: power('stop') },
  { name: 'power-reboot', needs: 'power/workflow.ts', directory: '/images', accept: power('reboot-hard') },
  { ...creation, name: 'create' },
  { ...creation, name: 'create-undone', refused: { host: 'compute11', method: 'domains.ensureDefined' } },
  { ...deletion, name: 'delete' },
  { ...deletion, name: 'delete-blocked', refused: { host: 'compute11', method: 'domains.ensureUndefined' } },
  { name: 'attach', needs: 'attach-volume/workflow.ts', directory: '/images', accept: attach },
  {
    ...rehearsal,
    name: 'rehearse',
    directory: '/images',
    cutAfter: ['compute11 migration.migrateToPeer'],
  },
  {
    ...rehearsal,
    name: 'rehearse-shared',
    directory: '/shared',
    cutAfter: ['compute11 migration.migrateToPeer'],
  },
  { name: 'detach', needs: 'detach-volume/workflow.ts', directory: '/images', accept: detach },
];
