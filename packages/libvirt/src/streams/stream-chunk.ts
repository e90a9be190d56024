import { ClientError } from '../errors.ts';
import { hyper, struct, uint32 } from '../xdr/codec.ts';
import { remoteProgram } from '../procedures/procedure.ts';
import { encodeStreamFrame, type FrameHeader, MessageStatus, MessageType } from '../rpc/frame.ts';

/** A piece of a volume: bytes, or a hole that reads as zeros (sparse streams only). */
export type StreamChunk =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'hole'; readonly lengthBytes: number };

/** VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM, and the same for upload. */
export const sparseStreamFlag = 1;

/** What a hole's frame carries (virNetStreamHole). */
export const holeCodec = struct({ length: hyper, flags: uint32 });

/** Which stream a frame belongs to: it goes by the procedure and serial number of the call that opened it. */
export interface StreamId {
  readonly procedure: number;
  readonly serial: number;
}

/** The header of a stream's frame; `more` is the status of all but the last. */
export function streamHeader(
  { procedure, serial }: StreamId,
  type: FrameHeader['type'],
  status: FrameHeader['status'],
): FrameHeader {
  return { ...remoteProgram, procedure, type, serial, status };
}

/** Says that all was sent, or all was read. The daemon answers with the same, or with an error. */
export function finishFrame(stream: StreamId): Buffer {
  return encodeStreamFrame(streamHeader(stream, MessageType.stream, MessageStatus.ok), new Uint8Array());
}

/** Gives the stream up. */
export function abortFrame(stream: StreamId): Buffer {
  return encodeStreamFrame(streamHeader(stream, MessageType.stream, MessageStatus.error), new Uint8Array());
}

/** An offset or a length as the protocol has it. Throws ClientError for what is no count of bytes. */
export function byteCount(what: string, bytes: number, mayHaveRun: boolean): bigint {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return BigInt(bytes);
  throw new ClientError('message-too-large', `${what} of ${bytes} bytes cannot be sent`, { mayHaveRun });
}

/** Ends waits with an error that comes from elsewhere: the daemon refuses while something is still being sent. */
export class Interruption {
  readonly #waiting = new Set<(error: Error) => void>();
  #error: Error | null = null;

  /** The first that came; null while none did. */
  get error(): Error | null {
    return this.#error;
  }

  /** Ends all waits, and those that begin later. Only the first error counts. */
  interrupt(error: Error): void {
    this.#error ??= error;
    for (const reject of this.#waiting) reject(this.#error);
    this.#waiting.clear();
  }

  /**
   * Waits for something, but not beyond an error. No Promise.race with one lasting promise: that would keep everything
   * that was ever waited for until the end.
   */
  orError<T>(awaited: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      const settle = (): void => void this.#waiting.delete(reject);
      awaited.then(resolve, reject).then(settle, settle);
      if (this.#error !== null) this.interrupt(this.#error);
    });
  }
}
