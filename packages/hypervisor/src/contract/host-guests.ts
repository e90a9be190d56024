import type { DirtyWindow } from '@ferry/model';
import type { Call } from './call.ts';

/** What a guest and its hypervisor have done since it was started. Null: not told. */
export interface GuestStatistics {
  /** Nanoseconds of each virtual CPU, in their order. */
  readonly vcpuTimesNs: readonly bigint[];
  readonly memoryMaximumKib: number | null;
  readonly memoryUsedKib: number | null;
  readonly disks: readonly {
    readonly readBytes: number;
    readonly readRequests: number;
    readonly writeBytes: number;
    readonly writeRequests: number;
  }[];
  readonly interfaces: readonly {
    readonly receivedBytes: number;
    readonly receivedPackets: number;
    readonly receiveErrors: number;
    readonly receiveDrops: number;
    readonly sentBytes: number;
    readonly sentPackets: number;
    readonly sendErrors: number;
    readonly sendDrops: number;
  }[];
}

/** What guests hold beside their disks, and what they show of themselves. */
export interface HostGuests {
  /** Puts a guest's memory to the host's disk and ends it; `ensureStarted` brings it back. One that is off stays as it is. */
  ensureSaved(id: string, call?: Call): Promise<void>;
  /** Throws away memory that was put to disk; none is fine. */
  ensureSavedGone(id: string, call?: Call): Promise<void>;
  /** Whether its memory is on the host's disk. */
  isSaved(id: string, call?: Call): Promise<boolean>;
  /** Of a guest that runs; throws `wrong-state` for one that does not. */
  statistics(id: string, call?: Call): Promise<GuestStatistics>;
  /**
   * Processor time of each guest that runs there since it was started, nanoseconds, by id. In one question: what it costs
   * the host does not grow by a call each guest.
   */
  processorTimesNs(call?: Call): Promise<ReadonlyMap<string, number>>;
  /**
   * How much of its memory a guest changes within so many seconds (whole ones, 1 to 60), by comparing some of its pages; it
   * takes as long. Throws `wrong-state` for a guest that does not run, `refused` where its hypervisor cannot tell or is
   * measuring for somebody else.
   */
  sampleDirtyPages(id: string, seconds: number, call?: Call): Promise<DirtyWindow>;
  /**
   * What the guest has written to its serial console, where its definition has that kept in a file of the host (`<log
   * file=…>`, or a serial port of the type `file`), at most so many bytes from its end. Null where it is not kept.
   */
  consoleOutput(id: string, maxBytes: number, call?: Call): Promise<string | null>;
}
