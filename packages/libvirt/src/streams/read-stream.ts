import { ClientError } from '../errors.ts';
import { type ArgsOf, type ProcedureName, procedures, type ResultOf } from '../procedures/procedures.ts';
import type { DomainRef, StorageVolumeRef } from '../protocol/types.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import { abortFrame, byteCount, finishFrame, sparseStreamFlag, type StreamChunk } from './stream-chunk.ts';
import { Silence } from './silence.ts';
import { StreamInbox } from './stream-inbox.ts';

/** A stream that only the daemon writes to. */
interface ReadStream<N extends ProcedureName> {
  /** What the procedure that opened it returned. */
  readonly result: ResultOf<N>;
  /** To be read at once, to its end or to an early leave: whoever does not leaves the stream open. */
  readonly chunks: AsyncGenerator<StreamChunk, void>;
}

/** How a stream is read. */
interface ReadStreamOptions extends CallOptions {
  /** A piece's bytes are only good until the next piece is asked for, which then may lie in the same memory. */
  readonly reuseMemory?: boolean;
  /** Milliseconds that the daemon may send nothing while it is waited for, pieces without a byte not counted; `Infinity` when not given. */
  readonly silenceMs?: number | undefined;
}

/** Opens a stream by a procedure and reads it. The options' deadline is that of opening, their signal holds for all of it. */
export async function openReadStream<N extends ProcedureName>(
  connection: Connection,
  name: N,
  args: ArgsOf<N>,
  options: ReadStreamOptions,
): Promise<ReadStream<N>> {
  const inbox = new StreamInbox(connection, name);
  const { serial, result } = await connection.callForSerial(name, args, options, inbox);
  return { result, chunks: read(connection, { procedure: procedures[name].number, serial }, inbox, options) };
}

async function* read(
  connection: Connection,
  stream: { procedure: number; serial: number },
  inbox: StreamInbox,
  { signal, reuseMemory = false, silenceMs = Number.POSITIVE_INFINITY }: ReadStreamOptions,
): AsyncGenerator<StreamChunk, void> {
  const onAbort = (): void => inbox.giveUp(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  const silence = new Silence(silenceMs, 'sent nothing', (error) => inbox.fail(error));
  try {
    for (;;) {
      silence.begin();
      const next = await inbox.next();
      if (next === 'end') break;
      if (lengthOf(next) > 0) silence.end();
      yield next;
      if (reuseMemory) inbox.recycle(next);
    }
    inbox.finish();
    connection.postRaw(finishFrame(stream));
    await inbox.confirmed();
  } finally {
    silence.end();
    signal?.removeEventListener('abort', onAbort);
    connection.endStream(stream.serial);
    if (!inbox.settled) connection.postRaw(abortFrame(stream));
    connection.resume(inbox);
  }
}

function lengthOf(chunk: StreamChunk): number {
  return chunk.kind === 'data' ? chunk.bytes.length : chunk.lengthBytes;
}

/** Which screen; and how large a picture may be, 64 MiB when not given. */
export interface ScreenshotOptions extends CallOptions {
  readonly screen?: number;
  readonly bytesAtMost?: number;
}

/** A picture of a guest's screen. */
export interface Screenshot {
  /** `image/png`, or `image/x-portable-pixmap` of older hypervisors. */
  readonly mime: string;
  readonly bytes: Uint8Array;
}

const defaultBytesAtMost = 64 * 1024 * 1024;

/**
 * Takes a picture of a guest's screen. Rejects with LibvirtError when the domain is off or has no screen, with ClientError
 * `message-too-large` for a picture that is larger than allowed.
 */
export async function takeScreenshot(
  connection: Connection,
  dom: DomainRef,
  options: ScreenshotOptions = {},
): Promise<Screenshot> {
  const { screen = 0, bytesAtMost = defaultBytesAtMost } = options;
  const { result, chunks } = await openReadStream(
    connection,
    'domainScreenshot',
    { dom, screen, flags: 0 },
    options,
  );
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const piece = chunk.kind === 'data' ? chunk.bytes : Buffer.alloc(0);
    size += piece.length;
    if (size > bytesAtMost) {
      const message = `the picture has more than the ${bytesAtMost} bytes that are allowed`;
      throw new ClientError('message-too-large', message, { mayHaveRun: true });
    }
    pieces.push(piece);
  }
  return { mime: result.mime ?? 'application/octet-stream', bytes: Buffer.concat(pieces) };
}

/**
 * What part of a volume, whether holes are sent as holes, and whether the memory of a piece may take the next one. A length of 0 means to the end. The deadline is that of
 * opening; after it, a daemon that is gone is found by keepalive, and one that only sends nothing by `silenceMs`.
 */
export interface DownloadOptions extends ReadStreamOptions {
  readonly offsetBytes?: number;
  readonly lengthBytes?: number;
  readonly sparse?: boolean;
}

/**
 * Reads a volume. While the reader is slow the whole connection's socket is paused, so give a download a
 * connection of its own. Leaving the loop early aborts the stream. Of a part no more is taken than was asked for: more, in
 * bytes or holes, ends it with ClientError `protocol-violation`.
 */
export async function* downloadVolume(
  connection: Connection,
  vol: StorageVolumeRef,
  options: DownloadOptions = {},
): AsyncGenerator<StreamChunk> {
  const args = {
    vol,
    offset: byteCount('an offset', options.offsetBytes ?? 0, false),
    length: byteCount('a length', options.lengthBytes ?? 0, false),
    flags: options.sparse === true ? sparseStreamFlag : 0,
  };
  const { chunks } = await openReadStream(connection, 'storageVolDownload', args, options);
  let restBytes = options.lengthBytes || Number.POSITIVE_INFINITY;
  for await (const chunk of chunks) {
    restBytes -= lengthOf(chunk);
    if (restBytes < 0) throw tooMuch(vol, options.lengthBytes ?? 0, restBytes);
    yield chunk;
  }
}

function tooMuch({ pool, name }: StorageVolumeRef, lengthBytes: number, restBytes: number): ClientError {
  const message = `the daemon has sent ${lengthBytes - restBytes} bytes of ${name} in ${pool}, and ${lengthBytes} were asked for`;
  return new ClientError('protocol-violation', message, { mayHaveRun: true });
}
