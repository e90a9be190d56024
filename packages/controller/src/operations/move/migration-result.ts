import type {
  ConnectivityReport,
  Migration,
  MigrationResult,
  PowerState,
  TransferProgress,
  WarmReport,
} from '@ferry/model';

/** What the steps of any kind of move give that its end is told from. Each kind has some of them. */
export interface MoveOutputs {
  readonly transfer?: {
    readonly progress: TransferProgress | null;
    readonly memoryLost?: boolean;
    readonly standsStill?: boolean;
  };
  readonly 'prepare-images'?: { readonly broughtBytes: number };
  readonly 'copy-while-running'?: { readonly rounds: number; readonly bytes: number };
  readonly 'copy-files'?: { readonly bytes: number };
  readonly 'finalize-target'?: { readonly guestSeenAlive: string | null };
  readonly 'see-power'?: { readonly power: PowerState } | undefined;
  readonly 'power-off'?: { readonly beganAt: string };
  readonly 'prove-connectivity'?: ConnectivityReport | null;
  readonly start?: { readonly guestSeenAlive: string | null };
  readonly 'restore-power'?: {
    readonly guestSeenAlive: string | null;
    readonly startedAt: string | null;
    /** Why it is at its source again: what the target said when it could not start it. */
    readonly wentBack?: string;
  };
}

/** Sums up a migration that came to its end. */
export function migrationResult(migration: Migration, measured: MoveOutputs): MigrationResult {
  const progress = measured.transfer?.progress ?? null;
  const warm = warmReport(measured);
  const brought = measured['prepare-images']?.broughtBytes ?? measured['copy-files']?.bytes ?? 0;
  return {
    elapsedMs: Date.now() - Date.parse(migration.createdAt),
    downtimeMs: progress?.downtimeMs ?? outageMs(measured),
    memoryBytes: progress?.memoryBytes ?? 0,
    diskBytes: (progress?.diskBytes ?? 0) + brought + (warm?.bytesWhileRunning ?? 0),
    guestSeenAlive:
      measured['finalize-target']?.guestSeenAlive ??
      measured['restore-power']?.guestSeenAlive ??
      measured.start?.guestSeenAlive ??
      null,
    connectivity: measured['prove-connectivity'] ?? null,
    warm,
  };
}

function warmReport(measured: MoveOutputs): WarmReport | null {
  const running = measured['copy-while-running'];
  if (running === undefined || running.rounds === 0) return null;
  const bytesWhileOff = measured['copy-files']?.bytes ?? 0;
  return { rounds: running.rounds, bytesWhileRunning: running.bytes, bytesWhileOff };
}

/** Of a cold migration: from the power-off to the start on the target, without the guest's own boot. */
function outageMs(measured: MoveOutputs): number | null {
  const off = measured['power-off']?.beganAt;
  const on = measured['restore-power']?.startedAt ?? null;
  return off === undefined || on === null ? null : Date.parse(on) - Date.parse(off);
}
