import { ClientError } from '../errors.ts';
import { procedures } from '../procedures/procedures.ts';
import type { StorageVolumeRef } from '../protocol/types.ts';
import { XdrWriter } from '../xdr/writer.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection, StreamReceiver } from '../rpc/connection.ts';
import {
  type Frame,
  FrameError,
  type FrameHeader,
  maximumStreamPayloadBytes,
  MessageStatus,
  MessageType,
  readError,
} from '../rpc/frame.ts';
import { Silence } from './silence.ts';
import {
  Interruption,
  abortFrame,
  byteCount,
  finishFrame,
  holeCodec,
  sparseStreamFlag,
  type StreamChunk,
  streamHeader,
  type StreamId,
} from './stream-chunk.ts';

/**
 * Where in a volume. A length of 0 means as much as comes. The deadline is that of opening; after it, a daemon that
 * is gone is found by keepalive, and one that only takes nothing by `silenceMs`.
 */
export interface UploadOptions extends CallOptions {
  readonly offsetBytes?: number;
  readonly lengthBytes?: number;
  /** Milliseconds that the daemon may take nothing, or owe its last word; `Infinity` when not given. */
  readonly silenceMs?: number | undefined;
}

/**
 * Writes a volume from pieces; holes stay holes. Each is asked for once the system has taken the one before it, whose
 * memory the source may then use again. Resolves when the daemon has confirmed that all is written; an error of the source aborts the stream and is thrown as it is.
 */
export async function uploadVolume(
  connection: Connection,
  vol: StorageVolumeRef,
  chunks: AsyncIterable<StreamChunk>,
  options: UploadOptions = {},
): Promise<void> {
  const { silenceMs = Number.POSITIVE_INFINITY } = options;
  const answer = new Answer();
  const silence = new Silence(silenceMs, 'taken nothing', (error) => answer.fail(error));
  const args = {
    vol,
    offset: byteCount('an offset', options.offsetBytes ?? 0, false),
    length: byteCount('a length', options.lengthBytes ?? 0, false),
    flags: sparseStreamFlag,
  };
  const { serial } = await connection.callForSerial('storageVolUpload', args, options, answer);
  const stream = { procedure: procedures.storageVolUpload.number, serial };
  const onAbort = (): void => answer.giveUp(options.signal?.reason);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  try {
    await sendAll(connection, stream, chunks, { answer, silence });
    silence.begin();
    answer.due = true;
    connection.postRaw(finishFrame(stream));
    await answer.orRefusal(answer.confirmed);
  } catch (error) {
    if (!answer.settled) connection.postRaw(abortFrame(stream));
    throw error;
  } finally {
    silence.end();
    options.signal?.removeEventListener('abort', onAbort);
    connection.endStream(serial);
  }
}

async function sendAll(
  connection: Connection,
  stream: StreamId,
  chunks: AsyncIterable<StreamChunk>,
  { answer, silence }: { readonly answer: Answer; readonly silence: Silence },
): Promise<void> {
  const source = chunks[Symbol.asyncIterator]();
  let pulling = false;
  try {
    for (;;) {
      pulling = true;
      const next = await answer.orRefusal(source.next());
      pulling = false;
      if (next.done === true) return;
      for (const [header, payload] of framesOf(stream, next.value)) {
        silence.begin();
        await answer.orRefusal(connection.sendRaw(header, payload));
        silence.end();
      }
    }
  } catch (error) {
    // A source that is still busy with its next piece is told to stop but not waited for: it may never come.
    const stopped = Promise.resolve(source.return?.()).catch(() => undefined);
    if (!pulling) await stopped;
    throw error;
  }
}

function* framesOf(stream: StreamId, chunk: StreamChunk): Generator<[FrameHeader, Uint8Array]> {
  if (chunk.kind === 'hole') {
    const writer = new XdrWriter(16);
    holeCodec.encode(writer, { length: byteCount('a hole', chunk.lengthBytes, true), flags: 0 });
    yield [streamHeader(stream, MessageType.streamHole, MessageStatus.more), writer.bytes()];
    return;
  }
  const header = streamHeader(stream, MessageType.stream, MessageStatus.more);
  for (let offset = 0; offset < chunk.bytes.length; offset += maximumStreamPayloadBytes)
    yield [header, chunk.bytes.subarray(offset, offset + maximumStreamPayloadBytes)];
}

/** The daemon's one answer to an upload: confirmed, or refused in the middle or at the end. */
class Answer implements StreamReceiver {
  /** The daemon has nothing more to say: it refused or confirmed. */
  settled = false;
  /** All was sent: a confirmation is possible from now on. */
  due = false;
  readonly confirmed: Promise<void>;
  readonly #confirm: () => void;
  readonly #interruption = new Interruption();

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.confirmed = promise;
    this.#confirm = resolve;
  }

  receive(frame: Frame): void {
    const { status } = frame.header;
    // Taken for a confirmation, anything else would pass a volume off as written that is not.
    if (status === MessageStatus.more) throw new FrameError('data on the stream of an upload');
    if (status === MessageStatus.ok && !this.due)
      throw new FrameError('a confirmation before the end of an upload');
    this.settled = true;
    if (status === MessageStatus.error) this.fail(readError('storageVolUpload', frame));
    else this.#confirm();
  }

  fail(error: Error): void {
    this.#interruption.interrupt(error);
  }

  giveUp(cause: unknown): void {
    this.fail(new ClientError('aborted', 'the upload was given up', { mayHaveRun: true, cause }));
  }

  /** Waits for something, but not beyond a refusal. */
  orRefusal<T>(awaited: Promise<T>): Promise<T> {
    return this.#interruption.orError(awaited);
  }
}
