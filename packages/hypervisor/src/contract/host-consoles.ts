import type { Call } from './call.ts';

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
}
