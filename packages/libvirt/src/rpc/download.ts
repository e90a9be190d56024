import { ClientError } from '../errors.ts';
import { hyper, struct, uint32 } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/reader.ts';
import type { CallOptions } from './call-options.ts';
import { type Connection, libvirtErrorOf, type StreamReceiver } from './connection.ts';
import { encodeStreamFrame, type Frame, MessageStatus, MessageType } from './frame.ts';
import { remoteProgram } from '../procedures/procedure.ts';
import { procedures } from '../procedures/procedures.ts';
import type { StorageVolumeRef } from '../protocol/types.ts';

/** A piece of a volume: bytes, or a hole that reads as zeros (sparse streams only). */
export type StreamChunk =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'hole'; readonly lengthBytes: number };

/** VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM, and the same for upload. */
export const sparseStreamFlag = 1;

export const holeCodec = struct({ length: hyper, flags: uint32 });

/** What part of a volume, and whether holes are sent as holes. A length of 0 means to the end. */
export interface DownloadOptions extends CallOptions {
  readonly offsetBytes?: number;
  readonly lengthBytes?: number;
  readonly sparse?: boolean;
}

const bufferedAtMost = 8 * 1024 * 1024;

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
  const { serial } = await connection.callForSerial(
    'storageVolDownload',
    {
      vol,
      offset: BigInt(options.offsetBytes ?? 0),
      length: BigInt(options.lengthBytes ?? 0),
      flags: options.sparse === true ? sparseStreamFlag : 0,
    },
    options,
    inbox,
  );
  const onAbort = (): void => {
    inbox.fail(
      new ClientError('aborted', 'the download was given up', {
        mayHaveRun: true,
        cause: options.signal?.reason,
      }),
    );
  };
  options.signal?.addEventListener('abort', onAbort, { once: true });
  let finished = false;
  try {
    for (;;) {
      const frame = await inbox.next();
      if (frame.header.status === MessageStatus.error) {
        finished = true;
        throw libvirtErrorOf('storageVolDownload', new XdrReader(frame.payload));
      }
      if (frame.header.type === MessageType.streamHole) {
        const { length } = holeCodec.decode(new XdrReader(frame.payload));
        yield { kind: 'hole', lengthBytes: Number(length) };
      } else if (frame.payload.length > 0) {
        yield { kind: 'data', bytes: frame.payload };
      } else {
        break;
      }
    }
    // The end was seen: say so, and wait for the daemon's last word, which may still be an error.
    await connection.sendRaw(finish(serial, MessageStatus.ok));
    const last = await inbox.next();
    finished = true;
    if (last.header.status === MessageStatus.error) {
      throw libvirtErrorOf('storageVolDownload', new XdrReader(last.payload));
    }
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    connection.endStream(serial);
    connection.resume();
    if (!finished && connection.isOpen) await connection.sendRaw(finish(serial, MessageStatus.error));
  }
}

function finish(serial: number, status: number): Buffer {
  const { number } = procedures.storageVolDownload;
  const header = { ...remoteProgram, procedure: number, type: MessageType.stream, serial, status };
  return encodeStreamFrame(header, new Uint8Array());
}

/** Frames that came and were not read yet; pauses the socket when there are too many. */
class Inbox implements StreamReceiver {
  readonly #connection: Connection;
  readonly #frames: Frame[] = [];
  #bytes = 0;
  #error: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  receive(frame: Frame): void {
    this.#frames.push(frame);
    this.#bytes += frame.payload.length;
    if (this.#bytes > bufferedAtMost) this.#connection.pause();
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#wake?.();
  }

  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) {
        this.#bytes -= frame.payload.length;
        if (this.#bytes < bufferedAtMost / 2) this.#connection.resume();
        return frame;
      }
      if (this.#error !== null) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
