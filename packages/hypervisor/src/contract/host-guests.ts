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

/** What of a guest can be looked at and typed into from outside. */
export interface ConsolePorts {
  /** Alias of the serial port that the host lets others open; null: none. */
  readonly serial: string | null;
  /** Where the guest's VNC screen listens on its host; null: it has none, or not over TCP. */
  readonly vnc: { readonly address: string; readonly port: number } | null;
}

/** A way into a guest that both sides write to. Read by one reader, to its end: the guest's own, or that of its run here. */
export interface ConsoleStream extends AsyncIterable<Uint8Array> {
  /** Waits while the host does not take more. Rejects when it has ended or broken. */
  write(bytes: Uint8Array): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** Consoles of guests that run. All throw `no-domain`, and `wrong-state` for a guest that does not run. */
export interface HostConsoles {
  ports(id: string, call?: Call): Promise<ConsolePorts>;
  /**
   * Opens the serial console; `force` takes it from whoever has it open. The deadline is that of opening, the signal ends
   * it also later. Throws `no-console`, `console-in-use`.
   */
  openSerial(id: string, options: { readonly force: boolean }, call?: Call): Promise<ConsoleStream>;
  /** Opens a connection to the guest's VNC screen, by TCP (`tls`: within TLS, with the host's certificate) or on the host itself. Throws `no-console` with what was tried. */
  openVnc(id: string, options: { readonly tls: boolean }, call?: Call): Promise<ConsoleStream>;
  /**
   * A picture of the guest's first screen as PNG, whether or not that is reached by VNC. Throws `no-console` where it has
   * none, `refused` for what is no picture.
   */
  screenshot(id: string, call?: Call): Promise<Uint8Array>;
}
