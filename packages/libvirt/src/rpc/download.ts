import { ClientError } from '../errors.ts';
import { procedures } from '../procedures/procedures.ts';
import type { StorageVolumeRef } from '../protocol/types.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrError } from '../xdr/xdr-error.ts';
import type { CallOptions } from './call-options.ts';
import type { Connection, StreamReceiver } from './connection.ts';
import { type Frame, MessageStatus, MessageType } from './frame.ts';
import { readError } from './reply.ts';
import {
  abortFrame,
  byteCount,
  finishFrame,
  holeCodec,
  sparseStreamFlag,
  type StreamChunk,
} from './stream-chunk.ts';

/**
 * What part of a volume, and whether holes are sent as holes. A length of 0 means to the end. The deadline is that of
 * opening; after it, a daemon that falls silent is found by keepalive.
 */
export interface DownloadOptions extends CallOptions {
  readonly offsetBytes?: number;
  readonly lengthBytes?: number;
  readonly sparse?: boolean;
}

const bufferedAtMost = 8 * 1024 * 1024;
/** What a frame takes beside its bytes, roughly: holes have none, yet must not pile up for nothing. */
const frameOverhead = 128;

/**
 * Reads a volume. While the reader is slow the whole connection's socket is paused, so give a download a
 * connection of its own. Leaving the loop early aborts the stream.
 */
export async function* downloadVolume(
  connection: Connection,
  vol: StorageVolumeRef,
  options: DownloadOptions = {},
): AsyncGenerator<StreamChunk> {
  const inbox = new Inbox(connection);
  const args = {
    vol,
    offset: byteCount('an offset', options.offsetBytes ?? 0, false),
    length: byteCount('a length', options.lengthBytes ?? 0, false),
    flags: options.sparse === true ? sparseStreamFlag : 0,
  };
  const { serial } = await connection.callForSerial('storageVolDownload', args, options, inbox);
  const stream = { procedure: procedures.storageVolDownload.number, serial };
  const onAbort = (): void => inbox.giveUp(options.signal?.reason);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  try {
    for (let next = await inbox.next(); next !== 'end'; next = await inbox.next()) yield next;
    // The end was seen: say so, and wait for the daemon's last word, which may still be an error.
    connection.postRaw(finishFrame(stream));
    await inbox.next();
    inbox.settled = true;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    connection.endStream(serial);
    if (!inbox.settled) connection.postRaw(abortFrame(stream));
    connection.resume(inbox);
  }
}

/** Pieces that came and were not read yet; pauses the socket when there are too many. */
class Inbox implements StreamReceiver {
  /** The daemon has nothing more to say: it refused or confirmed. */
  settled = false;
  readonly #connection: Connection;
  #items: (StreamChunk | 'end')[] = [];
  #bytes = 0;
  #error: Error | null = null;
  #givenUp = false;
  #wake: (() => void) | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  receive(frame: Frame): void {
    if (frame.header.status === MessageStatus.error) {
      this.settled = true;
      this.fail(readError('storageVolDownload', frame));
      return;
    }
    const item = itemOf(frame);
    // Until the reader comes back and is told, the daemon sends on.
    if (this.#givenUp) return;
    this.#items.push(item);
    this.#bytes += sizeOf(item);
    if (this.#bytes > bufferedAtMost) this.#connection.pause(this);
    this.#wake?.();
  }

  /** What came before the error is still read. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#wake?.();
  }

  /** What came is of no use any more. */
  giveUp(cause: unknown): void {
    this.#givenUp = true;
    this.#items = [];
    this.#bytes = 0;
    this.fail(new ClientError('aborted', 'the download was given up', { mayHaveRun: true, cause }));
  }

  async next(): Promise<StreamChunk | 'end'> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#bytes -= sizeOf(item);
        if (this.#bytes < bufferedAtMost / 2) this.#connection.resume(this);
        return item;
      }
      if (this.#error !== null) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}

function itemOf(frame: Frame): StreamChunk | 'end' {
  if (frame.header.type !== MessageType.streamHole) {
    return frame.payload.length === 0 ? 'end' : { kind: 'data', bytes: frame.payload };
  }
  const { length } = holeCodec.decode(new XdrReader(frame.payload));
  if (length < 0n || length > Number.MAX_SAFE_INTEGER) throw new XdrError(`a hole of ${length} bytes`);
  return { kind: 'hole', lengthBytes: Number(length) };
}

function sizeOf(item: StreamChunk | 'end'): number {
  return frameOverhead + (item !== 'end' && item.kind === 'data' ? item.bytes.length : 0);
}
