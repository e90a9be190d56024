import { isIP } from 'node:net';
import {
  type Connection,
  type DomainRef,
  leadsBack,
  MigrateFlag,
  MigrateParam,
  type TypedParameter,
} from '@ferry/libvirt';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type {
  LiveMigrationOptions,
  MigrationSource,
  MigrationTarget,
  PeerAddress,
} from '../contract/host-migration.ts';
import type { HostConnection } from './host-connection.ts';
import { migrationFlags, migrationParams } from './migration-parameters.ts';

/**
 * Where the target's QEMU waits for copied disks: the host of the URI that Prepare gave, the port of its cookie
 * (`<qemu-migration>…<nbd port='49153'/>`, libvirt's qemu_migration_cookie.c). Null when either is not told.
 */
export function disksAddress(uri: string, cookie: Uint8Array): PeerAddress | null {
  const host = /^(?:tcp|rdma):(?:\/\/)?(?:\[([^\]]+)\]|([^:/]+))/.exec(uri);
  const port = /<nbd\b[^>]*\bport='(\d+)'/.exec(Buffer.from(cookie).toString('utf8'))?.[1];
  const name = host?.[1] ?? host?.[2];
  return name === undefined || port === undefined ? null : { host: name, port: Number(port) };
}

const form = /^tcp:(?:\/\/)?(?:\[([0-9a-f:.]+)\]|(\w[\w.-]*)):(\d{1,5})\/?$/i;

/**
 * Why the source is not told to send a guest to the address that its target named; null when it is. The libvirtd of the
 * source opens it as root, and a target that was taken over must not have it open a socket of its own, or its loopback.
 */
export function whyNotSentTo(uri: string): string | null {
  const [, address, name = address ?? '', port] = form.exec(uri) ?? [];
  if (port === undefined) return `it named "${uri.slice(0, 200)}", and tcp:HOST:PORT is what is sent to`;
  if (Number(port) < 1 || Number(port) > 65_535) return `it named the port ${port} in "${uri}"`;
  if (leadsBack(name) || /(?:^|\.)localhost\.?$/i.test(name) || isOddNumber(name))
    return `it named "${uri}", by which each host finds itself: set migration_host in its /etc/libvirt/qemu.conf, or a host name in its DNS or /etc/hosts that is not the loopback`;
  return null;
}

/** An address in one of the spellings that are not the usual one. */
function isOddNumber(name: string): boolean {
  return /(?:^|\.)(?:0x[0-9a-f]*|\d+)\.?$/i.test(name) && isIP(name) === 0;
}

/**
 * The source's side of libvirt's migration protocol, version 3: Begin, Perform, Confirm. Change protection keeps others
 * from changing the domain between the phases; libvirt ties the job to this connection.
 */
export class CoordinatedSource implements MigrationSource {
  readonly #host: HostConnection;
  readonly #connection: Connection;
  readonly #dom: DomainRef;
  readonly #flags: number;
  readonly #params: TypedParameter[];
  readonly #targetXml: readonly TypedParameter[];

  constructor(
    host: HostConnection,
    connection: Connection,
    dom: DomainRef,
    options: LiveMigrationOptions,
    /** `destination_xml` and `persistent_xml`, where the domain is to be another on the target. */
    targetXml: readonly TypedParameter[],
  ) {
    this.#host = host;
    this.#connection = connection;
    this.#dom = dom;
    this.#targetXml = targetXml;
    this.#flags = migrationFlags(options) | MigrateFlag.changeProtection;
    this.#params = migrationParams(options);
  }

  async begin(call: Call = {}): Promise<{ xml: string; cookie: Uint8Array }> {
    return this.#ask(async () => {
      const params = [
        ...this.#params,
        ...this.#targetXml.filter(({ field }) => field === MigrateParam.destXml),
      ];
      const args = { dom: this.#dom, params, flags: this.#flags };
      const { xml, cookieOut } = await this.#connection.call('domainMigrateBegin3Params', args, call);
      return { xml, cookie: cookieOut };
    });
  }

  async perform(
    input: { uri: string; cookie: Uint8Array; xml: string },
    call: Call = {},
  ): Promise<Uint8Array> {
    return this.#ask(async () => {
      const params: TypedParameter[] = [
        ...this.#params,
        // What Begin gave is the description for the target; the definition goes along from here.
        ...this.#targetXml.filter(({ field }) => field === MigrateParam.persistXml),
        { field: MigrateParam.uri, type: 'string', value: input.uri },
        { field: MigrateParam.destXml, type: 'string', value: input.xml },
      ];
      const args = { dom: this.#dom, dconnuri: null, params, cookieIn: input.cookie, flags: this.#flags };
      const options = { signal: call.signal, deadlineMs: call.deadlineMs ?? Number.POSITIVE_INFINITY };
      return (await this.#connection.call('domainMigratePerform3Params', args, options)).cookieOut;
    });
  }

  async confirm(verdict: 'moved' | 'stayed', cookie: Uint8Array, call: Call = {}): Promise<void> {
    await this.#ask(() =>
      this.#connection.call(
        'domainMigrateConfirm3Params',
        {
          dom: this.#dom,
          params: this.#params,
          cookieIn: cookie,
          flags: this.#flags,
          cancelled: verdict === 'stayed',
        },
        call,
      ),
    );
  }

  close(): Promise<void> {
    this.#connection.destroy();
    return Promise.resolve();
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw this.#host.errorOf(error);
    }
  }
}

/** The target's side: Prepare and Finish. Until Finish, libvirt takes the waiting guest away when this connection ends. */
export class CoordinatedTarget implements MigrationTarget {
  readonly #host: HostConnection;
  readonly #connection: Connection;
  readonly #flags: number;
  readonly #params: TypedParameter[];

  constructor(host: HostConnection, connection: Connection, options: LiveMigrationOptions) {
    this.#host = host;
    this.#connection = connection;
    this.#flags = migrationFlags(options);
    this.#params = migrationParams(options);
  }

  async prepare(
    input: { xml: string; cookie: Uint8Array; domainName: string },
    call: Call = {},
  ): Promise<{ uri: string; cookie: Uint8Array; disksAt: PeerAddress | null }> {
    return this.#ask(async () => {
      const params: TypedParameter[] = [
        ...this.#params,
        { field: MigrateParam.destXml, type: 'string', value: input.xml },
        { field: MigrateParam.destName, type: 'string', value: input.domainName },
      ];
      const args = { params, cookieIn: input.cookie, flags: this.#flags };
      const { cookieOut, uriOut } = await this.#connection.call('domainMigratePrepare3Params', args, call);
      if (uriOut === null) {
        throw new HypervisorError(
          'refused',
          this.#host.uri,
          `${this.#host.uri}: the target named no address to send to`,
        );
      }
      const why = whyNotSentTo(uriOut);
      if (why !== null)
        throw new HypervisorError(
          'refused',
          this.#host.uri,
          `${this.#host.uri}: the target cannot be sent to: ${why}`,
        );
      return { uri: uriOut, cookie: cookieOut, disksAt: disksAddress(uriOut, cookieOut) };
    });
  }

  async finish(
    verdict: 'keep' | 'cancel',
    input: { uri: string; cookie: Uint8Array; domainName: string },
    call: Call = {},
  ): Promise<Uint8Array> {
    return this.#ask(async () => {
      const params: TypedParameter[] = [
        ...this.#params,
        { field: MigrateParam.uri, type: 'string', value: input.uri },
        { field: MigrateParam.destName, type: 'string', value: input.domainName },
      ];
      const args = { params, cookieIn: input.cookie, flags: this.#flags, cancelled: verdict === 'cancel' };
      return (await this.#connection.call('domainMigrateFinish3Params', args, call)).cookieOut;
    });
  }

  close(): Promise<void> {
    this.#connection.destroy();
    return Promise.resolve();
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      throw this.#host.errorOf(error);
    }
  }
}
