import { randomBytes } from 'node:crypto';
import {
  type CopyCertificate,
  CopyFailure,
  type FileReceiver,
  type FileSender,
  type FileSent,
  type FileState,
} from '@ferry/hypervisor';
import {
  chooseCompression,
  type CompressionMethod,
  type CopyWay,
  type FileCopy,
  type LinkReading,
} from '@ferry/model';
import { sourceOf } from '../../context/move-context.ts';
import type { Copying } from './copying.ts';

/** Made by what is loaded with the first copy that is encrypted: half a megabyte of program. */
async function certificateOfCopy(): Promise<CopyCertificate> {
  return (await import('./copy-certificate.ts')).makeCopyCertificate();
}

/** libvirt's own range for what goes between hosts: where live migration works, no firewall has to be opened anew. */
const ports = [49_152, 49_215] as const;
const connectSeconds = 5;

type Way = Extract<CopyWay, { kind: 'direct' }>;

/**
 * Straight from host to host. Written under a name of its own, of which only what an earlier try left alike is kept; each
 * side hashes the very bytes that it reads or writes, and only a whole file with the digest of the source, on the disk,
 * gets its true name. Returns the digest; throws CopyFailure.
 */
export async function copyDirectly(
  copying: Copying,
  { sender, receiver }: { sender: FileSender; receiver: FileReceiver },
  way: Way,
): Promise<string> {
  const { path, targetPath, part } = copying;
  const { input, services } = copying.context;
  const secrets = {
    token: randomBytes(32).toString('hex'),
    tls: way.encrypted ? await certificateOfCopy() : null,
  };
  const stallSeconds = services.limits.copyStallMs / 1000;
  const { storage } = sourceOf(copying.context);
  const state = await storage.fileState(path, { signal: copying.signal });
  const record = begun(copying, way, state);
  await copying.write(record);
  const { port, have } = await receiver.listen({
    path: targetPath,
    part,
    ports,
    stallSeconds,
    ...secrets,
    mine: record.state === 'naming',
    owner: input.targetOwner,
    address: way.address,
  });
  const rate = input.options.bandwidthBytesPerSecond;
  const judge = new CompressionJudge(sender, receiver, rate);
  let resumedBytes = 0;
  let seenBytes = 0;
  const sending = sender.send(
    {
      path,
      address: way.address,
      port,
      ...secrets,
      from: have,
      rate,
      stallSeconds,
      connectSeconds,
      compression: judge.method,
    },
    {
      began: ({ from }) => {
        resumedBytes = from;
        copying.progress.skip(from);
      },
      progress: (reading) => {
        copying.progress.add(reading.bytes - seenBytes);
        seenBytes = reading.bytes;
        judge.look(reading);
      },
    },
  );
  const [sent, received] = await Promise.all([sending, receiver.received()]);
  copying.progress.add(sent.bytes - seenBytes);
  requireAlike(copying, sent, received);
  const whole: FileCopy = {
    ...record,
    state: 'naming',
    resumedBytes,
    compression: judge.method,
    digest: sent.digest,
    sentBytes: sent.bytes,
    wireBytes: sent.wireBytes,
  };
  await copying.write(whole);
  await receiver.publish();
  await copying.write({ ...whole, state: 'done', elapsedMs: copying.elapsedMs });
  return sent.digest;
}

/** What is written down before anything is made. What stands at the path is only ours once it was to get its name. */
function begun(copying: Copying, way: Way, source: FileState): FileCopy {
  const { record, path, part } = copying;
  const mine = record !== null && (record.way.kind === 'streams' || record.state !== 'begun');
  return {
    path,
    way,
    part,
    state: mine ? 'naming' : 'begun',
    source,
    pieces: [],
    resumedBytes: 0,
    sentBytes: 0,
    wireBytes: 0,
    compression: null,
    elapsedMs: null,
    digest: record?.digest ?? null,
  };
}

function requireAlike(copying: Copying, sent: FileSent, received: { digest: string }): void {
  if (sent.digest === received.digest) return;
  const values = `source ${sent.digest}, target ${received.digest}`;
  throw new CopyFailure('differs', copying.context.input.target.name, `${copying.path}: ${values}`);
}

/** Has the sender compress, once a limit or the link asks for it. */
class CompressionJudge {
  method: CompressionMethod | null;
  readonly #sender: FileSender;
  readonly #given: Omit<Parameters<typeof chooseCompression>[0], 'reading'>;

  constructor(sender: FileSender, receiver: FileReceiver, limitBytesPerSecond: number | null) {
    this.#sender = sender;
    this.#given = { source: sender.facts, target: receiver.facts, limitBytesPerSecond };
    this.method = chooseCompression({ ...this.#given, reading: null });
  }

  look(reading: LinkReading): void {
    if (this.method !== null) return;
    this.method = chooseCompression({ ...this.#given, reading });
    if (this.method !== null) this.#sender.compress(this.method);
  }
}
