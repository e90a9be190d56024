import { createHash, type Hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CompressionMethod, CopyProgramFacts } from '@ferry/model';
import type { Call } from '../contract/call.ts';
import {
  CopyFailure,
  type FileDigest,
  type FileReceiver,
  type FileSender,
  type FileSent,
  type HostConfigurer,
  type HostExaminer,
  type HostShell,
  type ReceiveOrder,
  type SendingListener,
  type SendOrder,
} from '../contract/host-shell.ts';
import { HypervisorError } from '../contract/errors.ts';
import { SparseDigest } from '../contract/sparse-digest.ts';
import { SimulatedExaminer } from './simulated-examiner.ts';
import { SimulatedConfigurer } from './simulated-configurer.ts';
import { SimulatedFiles } from './simulated-files.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** The shell of a simulated host. Bytes go in two halves, so that a link can break between them. */
export class SimulatedShell implements HostShell {
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;

  constructor(world: SimulatedWorld, host: SimulatedHostState) {
    this.#world = world;
    this.#host = host;
  }

  receiver(call?: Call): Promise<FileReceiver> {
    return this.#start(call, (facts) => new Receiver(this.#world, this.#host, facts, call));
  }

  sender(call?: Call): Promise<FileSender> {
    return this.#start(call, (facts) => new Sender(this.#world, this.#host, facts, call));
  }

  examiner(call?: Call): Promise<HostExaminer> {
    return this.#start(call, (facts) => new SimulatedExaminer(this.#world, this.#host, facts));
  }

  configurer(call?: Call): Promise<HostConfigurer> {
    return this.#start(call, (facts) => new SimulatedConfigurer(this.#world, this.#host, facts));
  }

  digest(path: string, call?: Call): Promise<FileDigest> {
    return gate(this.#world, this.#host, 'shell.digest', call, () => {
      const { name, shell } = this.#host;
      if (shell === null || shell.python === null) throw new CopyFailure('no-python', name, 'no python3');
      const files = new SimulatedFiles(this.#host);
      const digest = new SparseDigest();
      digest.add({ kind: 'data', bytes: files.bytes(path) });
      return { ...files.state(path), digest: digest.end() };
    });
  }

  #start<T>(call: Call | undefined, make: (facts: CopyProgramFacts) => T): Promise<T> {
    const { name, shell } = this.#host;
    return gate(this.#world, this.#host, 'shell.start', call, () => {
      if (shell === null) throw new CopyFailure('no-shell', name, 'there is no shell');
      const { python, ...facts } = shell;
      if (python === null) throw new CopyFailure('no-python', name, 'there is no python3');
      return make({ ...facts, python });
    });
  }
}

class Receiver implements FileReceiver {
  readonly facts: CopyProgramFacts;
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;
  readonly #files: SimulatedFiles;
  readonly #call: Call | undefined;
  readonly #whole = Promise.withResolvers<{ digest: string; bytes: number }>();
  #order: ReceiveOrder | null = null;
  #port = 0;

  constructor(
    world: SimulatedWorld,
    host: SimulatedHostState,
    facts: CopyProgramFacts,
    call: Call | undefined,
  ) {
    this.#world = world;
    this.#host = host;
    this.facts = facts;
    this.#files = new SimulatedFiles(host);
    this.#call = call;
    this.#whole.promise.catch(() => undefined);
    call?.signal?.addEventListener('abort', () => this.close(), { once: true });
  }

  listen(order: ReceiveOrder): Promise<{ port: number; have: number }> {
    return gate(this.#world, this.#host, 'shell.listen', this.#call, () => {
      const { path, part } = order;
      const there = this.#files.file(path);
      if (there !== null) {
        if (!order.mine) throw new CopyFailure('exists', this.#host.name, `${path} stands there already`);
        this.#files.write(part, there);
        this.#files.remove(path);
      }
      if (this.#files.file(part) === null) this.#files.writeBytes(part, Buffer.alloc(0), -1, null);
      this.#order = order;
      this.#port = order.ports[0] + this.#world.receivers.size;
      this.#world.receivers.set(this.#port, {
        token: order.token,
        certificate: order.tls?.certificate ?? null,
        has: (bytes) => this.#files.bytes(part).subarray(0, bytes.length).equals(bytes),
        take: (from, bytes, lengthBytes) => this.#take(from, bytes, lengthBytes),
      });
      return { port: this.#port, have: this.#files.bytes(part).length };
    });
  }

  received(): Promise<{ digest: string; bytes: number }> {
    return gate(this.#world, this.#host, 'shell.received', this.#call, () => this.#whole.promise);
  }

  publish(): Promise<void> {
    return gate(this.#world, this.#host, 'shell.publish', this.#call, () => {
      const { path = '', part = '', owner = null } = this.#order ?? {};
      if (this.#files.file(path) !== null)
        throw new CopyFailure('exists', this.#host.name, `${path} stands there already`);
      const whole = this.#files.bytes(part);
      this.#files.writeBytes(path, whole, whole.length, owner);
      this.#files.remove(part);
    });
  }

  close(): void {
    this.#world.receivers.delete(this.#port);
    this.#whole.reject(new CopyFailure('aborted', this.#host.name, 'the copy was given up'));
  }

  #take(from: number, bytes: Buffer, lengthBytes: number): void {
    if (!this.#host.up) throw new CopyFailure('broken', this.#host.name, 'the host is off');
    const part = this.#order?.part ?? '';
    const all = Buffer.concat([this.#files.bytes(part).subarray(0, from), bytes]);
    this.#files.writeBytes(part, all, -1, null);
    if (all.length === lengthBytes) this.#whole.resolve({ digest: digestOf(all), bytes: all.length - from });
  }
}

class Sender implements FileSender {
  readonly facts: CopyProgramFacts;
  readonly #world: SimulatedWorld;
  readonly #host: SimulatedHostState;
  readonly #files: SimulatedFiles;
  readonly #call: Call | undefined;

  constructor(
    world: SimulatedWorld,
    host: SimulatedHostState,
    facts: CopyProgramFacts,
    call: Call | undefined,
  ) {
    this.#world = world;
    this.#host = host;
    this.facts = facts;
    this.#files = new SimulatedFiles(host);
    this.#call = call;
  }

  async send(order: SendOrder, listener: SendingListener): Promise<FileSent> {
    const { receiver, bytes, from } = await gate(this.#world, this.#host, 'shell.send', this.#call, () => {
      const found = this.#world.receivers.get(order.port);
      if (found === undefined || found.token !== order.token)
        throw new CopyFailure('no-connection', this.#host.name, `nobody listens on port ${order.port}`);
      if (found.certificate !== (order.tls?.certificate ?? null))
        throw new CopyFailure('not-trusted', this.#host.name, 'another certificate was shown');
      const now = this.#files.bytes(order.path);
      const alike = order.from <= now.length && found.has(now.subarray(0, order.from));
      return { receiver: found, bytes: now, from: alike ? order.from : 0 };
    });
    listener.began({ from, length: bytes.length });
    const half = from + Math.floor((bytes.length - from) / 2);
    receiver.take(from, bytes.subarray(from, half), bytes.length);
    listener.progress({ bytes: half - from, wireBytes: half - from, seconds: 1, receiverLimited: 0 });
    await sleep(0);
    return gate(this.#world, this.#host, 'shell.sendRest', this.#call, () => {
      if (!this.#files.bytes(order.path).equals(bytes))
        throw new CopyFailure('source-changed', this.#host.name, `${order.path} changed while it was read`);
      receiver.take(half, bytes.subarray(half), bytes.length);
      return { digest: digestOf(bytes), bytes: bytes.length - from, wireBytes: bytes.length - from };
    });
  }

  compress(_method: CompressionMethod): void {
    // What is sent is the same.
  }

  close(): void {
    // Nothing of it is left behind.
  }
}

/** As every call to a host, with the fault planned for it; a shell's own errors are CopyFailure. */
async function gate<T>(
  world: SimulatedWorld,
  host: SimulatedHostState,
  method: string,
  call: Call | undefined,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await world.faults.gate(host.name, method, call, () => {
      if (!host.up) throw new CopyFailure('no-shell', host.name, 'the host is off');
      return work();
    });
  } catch (error) {
    if (error instanceof CopyFailure) throw error;
    if (call?.signal?.aborted === true)
      throw new CopyFailure('aborted', host.name, 'the copy was given up', error);
    if (!(error instanceof HypervisorError)) throw error;
    const code = error.code === 'no-image' ? 'no-file' : error.code === 'refused' ? 'disk-full' : 'broken';
    throw new CopyFailure(code, host.name, error.message, error);
  }
}

function digestOf(bytes: Buffer): string {
  const hash: Hash = createHash('sha256').update(bytes);
  return hash.digest('hex');
}
