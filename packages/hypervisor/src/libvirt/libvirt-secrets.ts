import { type SecretRef as LibvirtSecretRef, SecretUsage } from '@ferry/libvirt';
import type { SecretFacts, SecretRef } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import { HypervisorError } from '../contract/errors.ts';
import type { HostSecrets } from '../contract/host-pools.ts';
import { portableSecretXml, readSecretXml } from '../xml/secret-xml.ts';
import type { HostConnection } from './host-connection.ts';
import { parse } from './libvirt-facts.ts';

/** Secrets of a libvirt host. */
export class LibvirtSecrets implements HostSecrets {
  readonly #connection: HostConnection;

  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  async secret(ref: SecretRef, call: Call = {}): Promise<SecretFacts | null> {
    const secret = await this.#find(ref, call);
    if (secret === null) return null;
    const { xml } = await this.#connection.call('secretGetXmlDesc', { secret, flags: 0 }, call);
    const facts = parse(this.#connection, () => readSecretXml(xml));
    return { ...facts, hasValue: facts.isPrivate ? null : (await this.value(ref, call)) !== null };
  }

  async value(ref: SecretRef, call: Call = {}): Promise<Uint8Array | null> {
    const secret = await this.#find(ref, call);
    if (secret === null) return null;
    try {
      return (await this.#connection.call('secretGetValue', { secret, flags: 0 }, call)).value;
    } catch (error) {
      // One that is private, or has no value.
      if (error instanceof HypervisorError && (error.code === 'refused' || error.code === 'no-secret'))
        return null;
      throw error;
    }
  }

  async definition(ref: SecretRef, call: Call = {}): Promise<string> {
    const secret = await this.#find(ref, call);
    if (secret === null) {
      const { uri } = this.#connection;
      throw new HypervisorError('no-secret', uri, `${uri}: there is no secret ${ref.uuid ?? ref.usage}`);
    }
    const { xml } = await this.#connection.call('secretGetXmlDesc', { secret, flags: 0 }, call);
    return parse(this.#connection, () => portableSecretXml(xml));
  }

  async ensureDefined({ xml, value }: { xml: string; value: Uint8Array }, call: Call = {}): Promise<void> {
    const { secret } = await this.#connection.call('secretDefineXml', { xml, flags: 0 }, call);
    await this.#connection.call('secretSetValue', { secret, value, flags: 0 }, call);
  }

  async ensureUndefined(uuid: string, call: Call = {}): Promise<void> {
    const secret = await this.#find({ usageType: 'none', uuid, usage: null }, call);
    if (secret !== null) await this.#connection.call('secretUndefine', { secret }, call);
  }

  async #find({ usageType, uuid, usage }: SecretRef, call: Call): Promise<LibvirtSecretRef | null> {
    try {
      if (uuid !== null) return (await this.#connection.call('secretLookupByUuid', { uuid }, call)).secret;
      const type = SecretUsage[usageType as keyof typeof SecretUsage] ?? SecretUsage.none;
      const args = { usageType: type, usageId: usage ?? '' };
      return (await this.#connection.call('secretLookupByUsage', args, call)).secret;
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'no-secret') return null;
      throw error;
    }
  }
}
