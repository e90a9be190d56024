import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import {
  type Call,
  CopyFailure,
  type FilePiece,
  type FileState,
  HypervisorError,
  type ImageChunk,
  SparseDigest,
} from '@ferry/hypervisor';
import { type CopyWay, type FileCopy, spareRoomBytes } from '@ferry/model';
import { sourceOf, targetOf } from '../../context/move-context.ts';
import type { Copying } from './copying.ts';
import { Throttle } from './throttle.ts';

const blockBytes = 64 * 1024;
const zeros = Buffer.alloc(blockBytes);

/** Bytes of a block device, which tells no holes: whole blocks of zeros become holes, so that a file made of it is sparse. */
export async function* holesOfZeros(chunks: AsyncIterable<ImageChunk>): AsyncGenerator<ImageChunk> {
  for await (const chunk of chunks) {
    if (chunk.kind === 'hole') {
      yield chunk;
      continue;
    }
    const { bytes } = chunk;
    let begin = 0;
    while (begin < bytes.length) {
      const isZero = zeroAt(bytes, begin);
      let end = begin;
      while (end < bytes.length && zeroAt(bytes, end) === isZero)
        end = Math.min(end + blockBytes, bytes.length);
      if (isZero) yield { kind: 'hole', lengthBytes: end - begin };
      else yield { kind: 'data', bytes: bytes.subarray(begin, end) };
      begin = end;
    }
  }
}

function zeroAt(bytes: Uint8Array, offset: number): boolean {
  const block = bytes.subarray(offset, offset + blockBytes);
  return zeros.compare(block, 0, block.length, 0, block.length) === 0;
}

type Way = Extract<CopyWay, { kind: 'streams' }>;

/**
 * Through libvirt's streams and this controller, piece by piece: each is downloaded and uploaded at once, and while the
 * next one is, it is read again on the target and compared. What was compared is written down, and not copied again
 * after a break. Returns a digest over those of the pieces.
 */
export async function copyThroughStreams(copying: Copying, way: Way): Promise<string> {
  const state = await sourceOf(copying.context).storage.fileState(copying.path, { signal: copying.signal });
  await ensureFile(copying, way, state);
  const pieces = piecesOf(state.lengthBytes, copying.context.services.limits.copyPieceBytes);
  const done = copying.record?.pieces.length ?? 0;
  const resumedBytes = pieces.slice(0, done).reduce((sum, piece) => sum + piece.lengthBytes, 0);
  copying.progress.skip(resumedBytes);
  const throttle = new Throttle(copying.context.input.options.bandwidthBytesPerSecond);
  let sentBytes = 0;
  let comparing: Promise<void> = Promise.resolve();
  try {
    for (const piece of pieces.slice(done)) {
      const sent = await send(copying, piece, throttle, (bytes) => {
        sentBytes += bytes;
      });
      await comparing;
      comparing = compare(copying, piece, sent, { resumedBytes, sentBytes });
      // It is awaited one piece later; until then its failure is nobody's yet.
      comparing.catch(() => undefined);
    }
  } catch (error) {
    // The next try must not find this one still writing down what was compared.
    await comparing.catch(() => undefined);
    throw error;
  }
  await comparing;
  return finish(copying, state);
}

function piecesOf(lengthBytes: number, pieceBytes: number): FilePiece[] {
  return Array.from({ length: Math.ceil(lengthBytes / pieceBytes) }, (_, number) => {
    const offsetBytes = number * pieceBytes;
    return { offsetBytes, lengthBytes: Math.min(pieceBytes, lengthBytes - offsetBytes) };
  });
}

/** The file that the pieces go into: of an earlier try, when its source is still the same, or made anew. */
async function ensureFile(copying: Copying, way: Way, state: FileState): Promise<void> {
  const { record, path, targetPath, signal } = copying;
  const { storage } = targetOf(copying.context);
  if (record?.way.kind === 'streams' && record.pieces.length > 0 && isSame(record.source, state)) return;
  if (record !== null) {
    if (record.part !== null) await storage.ensureNoImage(record.part, { signal });
    if (record.way.kind === 'streams' || record.state !== 'begun')
      if (!copying.toDevice) await storage.ensureNoImage(targetPath, { signal });
  }
  const fresh: FileCopy = {
    path,
    way,
    state: 'begun',
    part: null,
    source: state,
    pieces: [],
    resumedBytes: 0,
    sentBytes: 0,
    wireBytes: 0,
    compression: null,
    elapsedMs: null,
    digest: null,
  };
  await copying.write(fresh);
  if (copying.toDevice) return;
  try {
    await storage.makeFile(
      { path: targetPath, lengthBytes: state.lengthBytes, owner: copying.context.input.targetOwner },
      { signal },
    );
  } catch (error) {
    if (!(error instanceof HypervisorError && error.code === 'exists')) throw error;
    await copying.forget();
    const { name } = copying.context.input.target;
    throw new CopyFailure('exists', name, `${targetPath} is there, and was not before`, error);
  }
}

/** Looking costs the daemon something, so that it is done the less often the more room there is. */
const maxUnseenBytes = 1024 * 1024 * 1024;

/** Brings one piece over; the digest is of what was read. */
async function send(
  copying: Copying,
  piece: FilePiece,
  throttle: Throttle,
  count: (bytes: number) => void,
): Promise<string> {
  const { path, targetPath, signal, context, progress } = copying;
  const digest = new SparseDigest();
  const call = callOf(copying);
  const read = whole(copying, sourceOf(context).storage.readImage(path, call, piece), piece);
  const { storage } = targetOf(context);
  let unseenBytes = 0;
  let lookAfterBytes = 0;
  const requireRoom = async (): Promise<void> => {
    // A device has room for what fits on it, which was seen before.
    if (copying.toDevice) return;
    const { availableBytes } = await storage.room(dirname(targetPath), { signal });
    const left = (availableBytes ?? Number.POSITIVE_INFINITY) - spareRoomBytes;
    lookAfterBytes = Math.min(Math.max(left / 4, spareRoomBytes / 2), maxUnseenBytes);
    unseenBytes = 0;
    if (left >= 0) return;
    const room = `${availableBytes} bytes of room are left in ${dirname(targetPath)}, and ${spareRoomBytes} are kept free`;
    throw new CopyFailure('disk-full', context.input.target.name, room);
  };
  await requireRoom();
  const passing = throttle.pass(copying.ofDevice ? holesOfZeros(read) : read, signal, async (chunk) => {
    digest.add(chunk);
    if (chunk.kind !== 'data') return;
    unseenBytes += chunk.bytes.length;
    if (unseenBytes >= lookAfterBytes) await requireRoom();
    progress.add(chunk.bytes.length);
    count(chunk.bytes.length);
  });
  await storage.writeImage(targetPath, piece, passing, call);
  return digest.end();
}

function callOf({ context, signal }: Copying): Call {
  return { signal, silenceMs: context.services.limits.copyStallMs };
}

/** A stream that ends before its time would leave zeros on the target. */
async function* whole(
  { path, context }: Copying,
  chunks: AsyncIterable<ImageChunk>,
  { offsetBytes, lengthBytes }: FilePiece,
): AsyncGenerator<ImageChunk> {
  let readBytes = 0;
  for await (const chunk of chunks) {
    readBytes += chunk.kind === 'data' ? chunk.bytes.length : chunk.lengthBytes;
    yield chunk;
  }
  if (readBytes >= lengthBytes) return;
  const { name } = context.input.source;
  const asked = `${lengthBytes} bytes at ${offsetBytes} of ${path} were asked for`;
  throw new CopyFailure(
    'broken',
    name,
    `${name} has ended the stream after ${readBytes} bytes, and ${asked}`,
  );
}

/** Reads a piece again on the target, and writes down that it is the source's. */
async function compare(
  copying: Copying,
  piece: FilePiece,
  sent: string,
  counts: { resumedBytes: number; sentBytes: number },
): Promise<void> {
  const { path, targetPath, context, record } = copying;
  const received = await targetOf(context).storage.digest(targetPath, callOf(copying), piece);
  if (sent !== received) {
    const where = `${piece.lengthBytes} bytes at ${piece.offsetBytes} of ${path}`;
    const values = `source ${sent}, target ${received}`;
    throw new CopyFailure('differs', context.input.target.name, `${where}: ${values}`);
  }
  if (record === null) throw new Error(`${path} is copied and stands in no record`);
  const { resumedBytes, sentBytes } = counts;
  await copying.write({
    ...record,
    pieces: [...record.pieces, sent],
    resumedBytes,
    sentBytes,
    wireBytes: sentBytes,
  });
}

/** The source's file must not have changed since it was begun with. */
async function finish(copying: Copying, state: FileState): Promise<string> {
  const { path, signal, context, record } = copying;
  if (record === null) throw new Error(`${path} is copied and stands in no record`);
  const after = await sourceOf(context).storage.fileState(path, { signal });
  if (!isSame(after, state)) {
    await copying.write({ ...record, pieces: [] });
    throw new CopyFailure('source-changed', context.input.source.name, changes(state, after));
  }
  const digest = createHash('sha256').update(record.pieces.join(' ')).digest('hex');
  await copying.write({ ...record, state: 'done', digest, elapsedMs: copying.elapsedMs });
  return digest;
}

function isSame(one: FileState | null, other: FileState): boolean {
  return one !== null && one.lengthBytes === other.lengthBytes && one.changedAt === other.changedAt;
}

function changes(before: FileState, after: FileState): string {
  return `it was ${words(before)}; it is ${words(after)}`;
}

function words({ lengthBytes, changedAt }: FileState): string {
  return `${lengthBytes} bytes, last changed ${changedAt}`;
}
