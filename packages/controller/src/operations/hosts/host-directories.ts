import { type Call, type Hypervisor, HypervisorError } from '@ferry/hypervisor';
import {
  type AllowedDirectories,
  directoryOf,
  type Host,
  isFreelyUsed,
  type PathUse,
  targetPathOf,
  whyLeftAlone,
  whyNeverTouched,
} from '@ferry/model';
import type { Store } from '../../store/store.ts';

/** Where libvirt itself has images, kernels, firmware variables and logs of guests. */
const usual: AllowedDirectories = {
  whole: ['/var/lib/libvirt/images', '/var/lib/libvirt/boot'],
  exact: ['/var/lib/libvirt/qemu/nvram', '/var/log/libvirt/qemu'],
  named: [],
  unread: [],
};
/** A guest that has left had its files there a moment ago, and what is left of them is still to be cleaned up. */
const rememberedMs = 3_600_000;

/** What a host tells of itself. */
interface Told {
  readonly pools: readonly string[];
  /** Directories with files of its guests, and when they were last seen to have some. */
  readonly ofGuests: ReadonlyMap<string, number>;
  readonly named: readonly string[];
  readonly unread: readonly string[];
  /** Why it told nothing; null: it did. */
  readonly silence: HypervisorError | null;
}

/**
 * In which directories of a host guests may have files: those that an admin has allowed, its defined pools, where libvirt has
 * images, and where files of its guests lie. All that operations write, read or list there is held against them.
 */
export class HostDirectories {
  readonly #hypervisor: Hypervisor;
  readonly #store: Store;
  readonly #inspectMs: number;
  readonly #told = new Map<string, Told>();
  readonly #looks = new Map<string, Promise<Told>>();

  constructor(hypervisor: Hypervisor, store: Store, inspectMs: number) {
    this.#hypervisor = hypervisor;
    this.#store = store;
    this.#inspectMs = inspectMs;
  }

  /** All of them, read anew. */
  async of(host: Host): Promise<AllowedDirectories> {
    const [own, told] = [settingsOf(host), await this.#look(host.uri)];
    return joined(own, told, await this.#ofMoves(host));
  }

  /** Throws `refused` for a path that is left alone. */
  async require(uri: string, path: string, use: PathUse): Promise<void> {
    const never = whyNeverTouched(path, use);
    if (never !== null) throw this.#refusal(uri, path, never);
    if (isFreelyUsed(path, use)) return;
    // Asked for each use of a file: all hosts would be read for each.
    const host = await this.#store.hosts.byUri(uri);
    const own = host === null ? usual : settingsOf(host);
    if (whyLeftAlone(path, use, own) === null) return;
    const before = this.#told.get(uri);
    if (before !== undefined && whyLeftAlone(path, use, joined(own, before)) === null) return;
    const ofMoves = host === null ? [] : await this.#ofMoves(host);
    const told = await this.#look(uri);
    const why = whyLeftAlone(path, use, joined(own, told, ofMoves));
    if (why === null) return;
    if (told.silence !== null) throw told.silence;
    throw this.#refusal(uri, path, `${why}${host === null ? '' : `. ${howToAllow(host.name, path)}`}`);
  }

  #refusal(uri: string, path: string, why: string): HypervisorError {
    return new HypervisorError('refused', uri, `${path} is left alone on ${uri}: ${why}`);
  }

  /** One look at a time: many files of one host are asked for at once. */
  #look(uri: string): Promise<Told> {
    const under = this.#looks.get(uri);
    if (under !== undefined) return under;
    const look = this.#ask(uri).finally(() => this.#looks.delete(uri));
    this.#looks.set(uri, look);
    return look;
  }

  async #ask(uri: string): Promise<Told> {
    const host = this.#hypervisor.host(uri);
    const call: Call = { deadlineMs: this.#inspectMs };
    const [pools, files] = await Promise.allSettled([host.pools.directories(call), host.storage.inUse(call)]);
    const now = Date.now();
    const remembered = [...(this.#told.get(uri)?.ofGuests ?? [])].filter(([, at]) => now - at < rememberedMs);
    const seen =
      files.status === 'fulfilled' ? files.value.flatMap(({ paths }) => paths.map(directoryOf)) : [];
    const named =
      files.status === 'fulfilled' ? files.value.flatMap((one) => [...one.named, ...one.directories]) : [];
    const failures = [pools, files].flatMap((one) =>
      one.status === 'rejected' ? [one.reason as unknown] : [],
    );
    const told: Told = {
      pools: pools.status === 'fulfilled' ? pools.value : [],
      ofGuests: new Map([...remembered, ...seen.map((one) => [one, now] as const)]),
      named,
      unread: failures.map((error) => (error instanceof Error ? error.message : String(error))),
      silence: failures.find(isSilence) ?? null,
    };
    this.#told.set(uri, told);
    return told;
  }

  /** Where moves under way have files of a guest that its host may not show any more: they were judged when they were accepted. */
  async #ofMoves({ id }: Host): Promise<string[]> {
    const moves = await this.#store.migrations.notOver();
    return moves.flatMap(({ sourceHostId, targetHostId, plan }) => {
      if (plan === null) return [];
      const paths = plan.disks.flatMap((disk) => [
        ...(disk.path === null ? [] : [disk.path]),
        ...(disk.action === 'copy' ? disk.backing.map((base) => base.path) : []),
      ]);
      return [
        ...(sourceHostId === id ? paths : []),
        ...(targetHostId === id ? paths.map((path) => targetPathOf(plan, path)) : []),
      ].map(directoryOf);
    });
  }
}

/** What an admin has said of a host: also where its new disks are, and where files from elsewhere stand. */
function settingsOf({ allowedDirectories, imageDirectory, storage }: Host): AllowedDirectories {
  const whole = [
    ...usual.whole,
    ...allowedDirectories,
    ...(imageDirectory === null ? [] : [imageDirectory]),
    ...Object.values(storage.paths),
  ];
  return { ...usual, whole };
}

function joined(own: AllowedDirectories, told: Told, more: readonly string[] = []): AllowedDirectories {
  return {
    whole: [...own.whole, ...told.pools],
    exact: [...own.exact, ...told.ofGuests.keys(), ...more],
    named: told.named,
    unread: told.unread,
  };
}

function isSilence(error: unknown): error is HypervisorError {
  return error instanceof HypervisorError && ['unreachable', 'deadline', 'aborted'].includes(error.code);
}

function howToAllow(host: string, path: string): string {
  return `An admin allows it: ferry host set ${host} --allow-directory ${directoryOf(path)}`;
}
