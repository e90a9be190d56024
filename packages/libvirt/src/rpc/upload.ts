import { remoteProgram } from '../procedures/procedure.ts';
import { procedures } from '../procedures/procedures.ts';
import type { StorageVolumeRef } from '../protocol/types.ts';
import { XdrReader } from '../xdr/reader.ts';
import { XdrWriter } from '../xdr/writer.ts';
import type { CallOptions } from './call-options.ts';
import { type Connection, libvirtErrorOf, type StreamReceiver } from './connection.ts';
import { holeCodec, sparseStreamFlag, type StreamChunk } from './download.ts';
import {
  encodeStreamFrame,
  type Frame,
  type FrameHeader,
  maximumStreamPayloadBytes,
  MessageStatus,
  MessageType,
} from './frame.ts';

/** Where in a volume. A length of 0 means as much as comes. */
export interface UploadOptions extends CallOptions {
  readonly offsetBytes?: number;
  readonly lengthBytes?: number;
}

/**
 * Writes a volume from pieces; holes stay holes. Waits whenever the socket is full. Resolves when the daemon has
 * confirmed that all is written; an error of the source aborts the stream and is thrown.
 */
export async function uploadVolume(
  connection: Connection,
  vol: StorageVolumeRef,
  chunks: AsyncIterable<StreamChunk>,
  options: UploadOptions = {},
): Promise<void> {
  const answer = new Answer();
  const { serial } = await connection.callForSerial(
    'storageVolUpload',
    {
      vol,
      offset: BigInt(options.offsetBytes ?? 0),
      length: BigInt(options.lengthBytes ?? 0),
      flags: sparseStreamFlag,
    },
    options,
    answer,
  );
  const header = (type: number, status: number): FrameHeader => ({
    ...remoteProgram,
    procedure: procedures.storageVolUpload.number,
    type,
    serial,
    status,
  });
  try {
    for await (const chunk of chunks) {
      options.signal?.throwIfAborted();
      answer.throwIfRefused();
      await send(connection, header, chunk);
    }
    await connection.sendRaw(
      encodeStreamFrame(header(MessageType.stream, MessageStatus.ok), new Uint8Array()),
    );
  } catch (error) {
    if (connection.isOpen && !answer.settled) {
      await connection.sendRaw(
        encodeStreamFrame(header(MessageType.stream, MessageStatus.error), new Uint8Array()),
      );
    }
    connection.endStream(serial);
    throw error;
  }
  try {
    await answer.promise;
  } finally {
    connection.endStream(serial);
  }
}

async function send(
  connection: Connection,
  header: (type: number, status: number) => FrameHeader,
  chunk: StreamChunk,
): Promise<void> {
  if (chunk.kind === 'hole') {
    const writer = new XdrWriter(16);
    holeCodec.encode(writer, { length: BigInt(chunk.lengthBytes), flags: 0 });
    await connection.sendRaw(
      encodeStreamFrame(header(MessageType.streamHole, MessageStatus.more), writer.bytes()),
    );
    return;
  }
  for (let offset = 0; offset < chunk.bytes.length; offset += maximumStreamPayloadBytes) {
    const piece = chunk.bytes.subarray(offset, offset + maximumStreamPayloadBytes);
    await connection.sendRaw(encodeStreamFrame(header(MessageType.stream, MessageStatus.more), piece));
  }
}

/** The daemon's one answer to an upload: confirmed, or refused in the middle or at the end. */
class Answer implements StreamReceiver {
  readonly promise: Promise<void>;
  settled = false;
  #refused: Error | null = null;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;

  constructor() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // A refusal in the middle is thrown by the sending loop; it is not left unhandled meanwhile.
    promise.catch(() => undefined);
  }

  receive(frame: Frame): void {
    this.settled = true;
    if (frame.header.status === MessageStatus.error) {
      this.fail(libvirtErrorOf('storageVolUpload', new XdrReader(frame.payload)));
    } else {
      this.#resolve();
    }
  }

  fail(error: Error): void {
    this.settled = true;
    this.#refused = error;
    this.#reject(error);
  }

  throwIfRefused(): void {
    if (this.#refused !== null) throw this.#refused;
  }
}
