import { setTimeout as pause } from 'node:timers/promises';
import { type ConsoleStream, HypervisorError } from '@ferry/hypervisor';
import type { ConsoleGrant } from '../../store/instances/console-token-store.ts';
import { refusalOf } from '../engine/host-error.ts';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';

/** Who looks at a console. */
export interface ConsolePeer {
  /** What is typed, until they leave. */
  readonly typed: AsyncIterable<Uint8Array>;
  /** Waits while the peer does not take more. */
  show(bytes: Uint8Array): Promise<void>;
}

/** Why a console has ended. */
export interface ConsoleEnd {
  readonly kind: 'left' | 'off' | 'gone' | 'taken-over' | 'unreachable';
  readonly message: string;
}

/** A guest that ends by itself is not looked for for long; between the end of a run and its record some time passes. */
const settleMs = 5_000;

/**
 * A console that somebody has open. A serial console goes on where its instance goes: when its stream ends, it is opened
 * anew at the instance's present host, as long as the instance is on its way or runs. A screen ends with its stream, for
 * what follows of its protocol (RFC 6143) can only be begun anew by its viewer.
 */
export class ConsoleSession {
  readonly #services: Services;
  readonly #grant: ConsoleGrant;
  readonly #leaving = new AbortController();
  #stream: ConsoleStream;
  #replaced = Promise.withResolvers<void>();

  private constructor(services: Services, grant: ConsoleGrant, stream: ConsoleStream) {
    this.#services = services;
    this.#grant = grant;
    this.#stream = stream;
  }

  /** Opens it; `force` takes a serial console from whoever has it. Refuses. */
  static async open(services: Services, grant: ConsoleGrant, force: boolean): Promise<ConsoleSession> {
    try {
      const stream = await openAt(services, grant, force);
      if (stream === null)
        throw new Refusal('instance-not-found', `There is no instance "${grant.instanceId}".`);
      return new ConsoleSession(services, grant, stream);
    } catch (error) {
      if (error instanceof HypervisorError && error.code === 'wrong-state')
        throw new Refusal('instance-state', error.message, [], error);
      throw refusalOf(error);
    }
  }

  /** Carries what is typed and shown to and fro until one side ends. Once only; it closes the console. */
  async serve(peer: ConsolePeer): Promise<ConsoleEnd> {
    const typing = this.#typeAndLeave(peer);
    try {
      for (;;) {
        await this.#carryShown(peer);
        const end = await this.#openAnew();
        if (end !== null) return end;
      }
    } finally {
      await this.close();
      // Its peer is gone, or is told to go by whoever called: nobody waits for what it typed.
      void typing;
    }
  }

  async close(): Promise<void> {
    this.#leaving.abort();
    await this.#stream.close();
  }

  async #carryShown(peer: ConsolePeer): Promise<void> {
    try {
      for await (const bytes of this.#stream)
        await peer.show(bytes).catch((error: unknown) => {
          this.#leaving.abort();
          throw error;
        });
    } catch {
      // How a stream breaks does not matter: what the world shows then decides how it goes on.
    }
    await this.#stream.close();
  }

  /** Never rejects: however a peer is lost, it has left. */
  async #typeAndLeave(peer: ConsolePeer): Promise<void> {
    try {
      await this.#carryTyped(peer);
    } catch {
      // A connection that broke.
    }
    await this.close();
  }

  /** What is typed while there is no stream waits for the next one. */
  async #carryTyped({ typed }: ConsolePeer): Promise<void> {
    for await (const bytes of typed) {
      for (let stream = this.#stream; ; stream = this.#stream) {
        const written = await stream.write(bytes).then(
          () => true,
          () => false,
        );
        if (written) break;
        if (this.#leaving.signal.aborted) return;
        if (stream === this.#stream) await this.#replaced.promise;
      }
    }
  }

  /** Null when it goes on. */
  async #openAnew(): Promise<ConsoleEnd | null> {
    const { limits } = this.#services;
    const endedAt = performance.now();
    for (;;) {
      const found = await this.#lookOnce(performance.now() - endedAt);
      if (found !== null) {
        const { stream, end } = found;
        if (stream !== null) this.#stream = stream;
        // Whoever left while it was opened has closed the one before.
        if (this.#leaving.signal.aborted) await this.#stream.close();
        this.#replaced.resolve();
        this.#replaced = Promise.withResolvers();
        return end;
      }
      await pause(limits.pollMs, undefined, { signal: this.#leaving.signal }).catch(() => undefined);
    }
  }

  /** Null: it is not known yet. */
  async #lookOnce(
    elapsedMs: number,
  ): Promise<{ stream: ConsoleStream; end: null } | { stream: null; end: ConsoleEnd } | null> {
    const ended = (kind: ConsoleEnd['kind'], message: string) => ({ stream: null, end: { kind, message } });
    if (this.#leaving.signal.aborted) return ended('left', 'closed');
    const { store, limits } = this.#services;
    if (this.#grant.kind === 'vnc') return ended('off', 'the screen was closed by its host');
    const isLate = elapsedMs > limits.consoleMoveMs;
    try {
      const stream = await openAt(this.#services, this.#grant, false);
      if (stream === null) return ended('gone', 'the instance is deleted');
      return { stream, end: null };
    } catch (error) {
      if (!(error instanceof HypervisorError))
        return isLate ? ended('unreachable', 'nothing is known of it') : null;
      if (error.code === 'console-in-use') return ended('taken-over', 'somebody else has opened the console');
      if (error.code === 'no-console') return ended('off', 'the instance has no serial console any more');
      if (error.code !== 'wrong-state' && error.code !== 'no-domain')
        return isLate ? ended('unreachable', 'its host does not answer') : null;
      const instance = await store.instances.byId(this.#grant.instanceId);
      // It was there a moment ago, when its host was looked up.
      if (instance === null) return ended('gone', 'the instance is deleted');
      const isBusy = instance.taskState !== null;
      const isKnownOff = !isBusy && instance.powerState === 'shutoff';
      const isOff = isLate || isKnownOff || (!isBusy && elapsedMs > settleMs);
      return isOff ? ended('off', 'the instance does not run') : null;
    }
  }
}

/** At the instance's present host; null when there is no such instance. Throws HypervisorError. */
async function openAt(
  { store, hypervisor, limits }: Services,
  { instanceId, kind }: ConsoleGrant,
  force: boolean,
): Promise<ConsoleStream | null> {
  const instance = await store.instances.byId(instanceId);
  const host = instance === null ? null : await store.hosts.byId(instance.hostId);
  if (host === null) return null;
  const { consoles } = hypervisor.host(host.uri);
  const call = { deadlineMs: limits.inspectMs };
  return kind === 'serial'
    ? consoles.openSerial(instanceId, { force }, call)
    : consoles.openVnc(instanceId, { tls: host.screenTls }, call);
}
