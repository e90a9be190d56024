import type { MoveStorage } from '../move/move-storage.ts';
import { moveOptions } from '@ferry/api';
import type {
  EffectivePolicy,
  MoveOptions,
  Owner,
  PowerState,
  QuietMoment,
  Resize,
  TransferPlan,
  TransferStrategy,
} from '@ferry/model';

/** One side of a move. */
export interface Side {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
  readonly peerUri: string;
  /** Where files are copied to without encryption; null: nowhere. */
  readonly trustedCopyAddress: string | null;
  /** Where screens listen that an admin named an address for; not set in logs of versions that knew none. */
  readonly screenAddress?: string | null;
}

/** What a move works from: the facts its checks were judged on. It stands in the log, so it is plain data. */
export interface MoveInput {
  readonly migrationId: string;
  readonly instanceId: string;
  readonly instanceName: string;
  readonly source: Side;
  readonly target: Side;
  /** Whom images on the target must belong to; null leaves them to the hypervisor. */
  readonly targetOwner: Owner | null;
  readonly plan: TransferPlan;
  /**
   * Of a transfer that Ferry coordinates: the target holds the guest paused until Ferry tells it to run. Not set in logs
   * of versions that let libvirt start it.
   */
  readonly arrivesPaused?: boolean;
  /** What its caller said of it. */
  readonly options: MoveOptions;
  /** What holds for it, and who said so. Not set in logs of versions that knew no policies. */
  readonly policy?: EffectivePolicy;
  /** Live: what the hypervisor is told at the start. Not set in logs of versions that told it the options alone. */
  readonly strategy?: TransferStrategy;
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** Power state before the move; it is the same after it. */
  readonly power: PowerState;
  /** The packet filter that stands before its interfaces; null when it has no security groups. */
  readonly filter: string | null;
  /** Networks, bridges and devices by their name at the source, where the target names them otherwise. */
  readonly networks: Readonly<Record<string, string>>;
  /** Ids of its ports of Open vSwitch that a network gave it for its life now, by hardware address. */
  readonly ports: Readonly<Record<string, string>>;
  /** The hypervisor's own networks among them that the guest is plugged into. */
  readonly libvirtNetworks: readonly { readonly name: string; readonly targetName: string }[];
  /** What its disks take beside files: pools and secrets. */
  readonly storage: MoveStorage;
  /** Live: when it begins; null or not set: at once. */
  readonly quiet?: QuietMoment | null;
  /**
   * Live, of a plan: it is sent when its turn on the ports of its hosts comes; until then it is prepared. Null or not set: at
   * once.
   */
  readonly linkTurn?: {
    /** So many may send through a port at once. */
    readonly perLink: number;
    /** What the guest takes of its target. */
    readonly memoryBytes: number;
  } | null;
  /** The source is kept until a person decides. Not set in logs of versions that knew no such thing. */
  readonly hold?: boolean;
  /** What changes of its size; null or not set: nothing. */
  readonly resize?: Resize | null;
}

/** As former versions wrote it: its options beside the rest, and its storage and the form of its transfer named otherwise. */
type FormerMoveInput = Omit<MoveInput, 'options' | 'storage' | 'plan'> &
  Partial<MoveOptions> & {
    readonly options?: MoveOptions;
    readonly volumes: MoveStorage;
    readonly plan: Omit<TransferPlan, 'form'> & { readonly form: TransferPlan['form'] | 'managed' };
  };

/** The input that a move's log has, also one that a former version wrote. */
export function readMoveInput(stored: unknown): MoveInput {
  const input = stored as MoveInput | FormerMoveInput;
  if ('storage' in input) return input;
  const { volumes, plan, ...rest } = input;
  const form = plan.form === 'managed' ? 'coordinated' : plan.form;
  return { ...rest, plan: { ...plan, form }, storage: volumes, options: rest.options ?? moveOptions(rest) };
}
