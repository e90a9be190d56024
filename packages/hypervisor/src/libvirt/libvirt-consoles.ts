import {
  type Connection,
  type DomainRef,
  ErrorNumber,
  type GuestChannel,
  LibvirtError,
  type LibvirtUri,
  openConsole,
  takeScreenshot,
} from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { ConsolePorts, ConsoleStream, HostConsoles } from '../contract/host-guests.ts';
import { asPng, pictureBytesAtMost } from '../picture.ts';
import { consolePorts, describesRun } from '../xml/console-ports.ts';
import type { HostConnection } from './host-connection.ts';
import { openScreen } from './open-screen.ts';

/** Consoles of guests of a libvirt host. */
export class LibvirtConsoles implements HostConsoles {
  readonly #connection: HostConnection;
  readonly #uri: LibvirtUri;

  constructor(connection: HostConnection, uri: LibvirtUri) {
    this.#connection = connection;
    this.#uri = uri;
  }

  async ports(id: string, call: Call = {}): Promise<ConsolePorts> {
    return (await this.#look(id, call)).ports;
  }

  async openSerial(id: string, { force }: { force: boolean }, call: Call = {}): Promise<ConsoleStream> {
    const { dom, ports } = await this.#look(id, call);
    if (ports.serial === null)
      throw this.#error('no-console', `domain ${id} has no serial port of the type pty`);
    // While its reader is slow, nothing else is read of a connection.
    const connection = await this.#connection.open(call);
    try {
      const device = ports.serial;
      return new SerialStream(connection, await openConsole(connection, dom, { ...call, device, force }));
    } catch (error) {
      await connection.close();
      // "Active console session exists for this domain"; nothing else of opening a console is said with that number.
      if (error instanceof LibvirtError && error.code === ErrorNumber.OPERATION_FAILED)
        throw this.#error('console-in-use', error.message, error);
      throw this.#connection.errorOf(error);
    }
  }

  async openVnc(id: string, { tls }: { tls: boolean }, call: Call = {}): Promise<ConsoleStream> {
    const { ports } = await this.#look(id, call);
    if (ports.vnc === null)
      throw this.#error('no-console', `domain ${id} has no VNC screen that listens on a TCP port`);
    return openScreen(this.#uri, { ...ports.vnc, tls }, call).catch((cause: unknown) => {
      throw this.#error('no-console', cause instanceof Error ? cause.message : String(cause), cause);
    });
  }

  async screenshot(id: string, call: Call = {}): Promise<Uint8Array> {
    const { dom } = await this.#look(id, call);
    // A stream of its own: one that never ends costs a connection, and not what others ask meanwhile.
    const connection = await this.#connection.open(call);
    try {
      const taken = await takeScreenshot(connection, dom, { ...call, bytesAtMost: pictureBytesAtMost });
      const png = await asPng(taken);
      if (png === null)
        throw this.#error(
          'refused',
          `what it calls a picture of ${id} (${taken.mime}, ${taken.bytes.length} bytes) is none`,
        );
      return png;
    } catch (error) {
      if (error instanceof LibvirtError && hasNoScreen(error))
        throw this.#error('no-console', `domain ${id} has no screen to take a picture of`, error);
      throw error instanceof HypervisorError ? error : this.#connection.errorOf(error);
    } finally {
      await connection.close();
    }
  }

  async #look(id: string, call: Call): Promise<{ dom: DomainRef; ports: ConsolePorts }> {
    const { dom } = await this.#connection.call('domainLookupByUuid', { uuid: id }, call);
    // One look at both: between two, a run may end, and what is left is a definition without aliases and ports.
    const { xml } = await this.#connection.call('domainGetXmlDesc', { dom, flags: 0 }, call);
    if (!describesRun(xml)) throw this.#error('wrong-state', `domain ${id} does not run: it has no console`);
    return { dom, ports: consolePorts(xml) };
  }

  #error(code: HypervisorError['code'], message: string, cause?: unknown): HypervisorError {
    const { uri } = this.#connection;
    return new HypervisorError(code, uri, `${uri}: ${message}`, cause === undefined ? {} : { cause });
  }
}

/**
 * libvirt has no video device in its definition ("no screens to take screenshot from"), or QEMU has none in the guest ("There is
 * no console to take a screendump from", which libvirt hands on as an internal error).
 */
function hasNoScreen({ code, message }: LibvirtError): boolean {
  return code === ErrorNumber.INVALID_ARG || message.includes('no console to take a screendump');
}

/** A console with the connection that it came by. */
class SerialStream implements ConsoleStream {
  readonly #connection: Connection;
  readonly #channel: GuestChannel;

  constructor(connection: Connection, channel: GuestChannel) {
    this.#connection = connection;
    this.#channel = channel;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    return this.#channel[Symbol.asyncIterator]();
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#channel.write(bytes);
  }

  async close(): Promise<void> {
    await this.#channel.close();
    await this.#connection.close();
  }
}
