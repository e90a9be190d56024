import { type ArgsOf, type ProcedureName, procedures, type ResultOf } from '../procedures/procedures.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import { abortFrame, finishFrame, type StreamChunk } from './stream-chunk.ts';
import { StreamInbox } from './stream-inbox.ts';

/** A stream that only the daemon writes to. */
export interface ReadStream<N extends ProcedureName> {
  /** What the procedure that opened it returned. */
  readonly result: ResultOf<N>;
  /** To be read at once, to its end or to an early leave: whoever does not leaves the stream open. */
  readonly chunks: AsyncGenerator<StreamChunk, void>;
}

/** How a stream is read. */
export interface ReadStreamOptions extends CallOptions {
  /** A piece's bytes are only good until the next piece is asked for, which then may lie in the same memory. */
  readonly reuseMemory?: boolean;
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
  { signal, reuseMemory = false }: ReadStreamOptions,
): AsyncGenerator<StreamChunk, void> {
  const onAbort = (): void => inbox.giveUp(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  try {
    for (let next = await inbox.next(); next !== 'end'; next = await inbox.next()) {
      yield next;
      if (reuseMemory) inbox.recycle(next);
    }
    inbox.finish();
    connection.postRaw(finishFrame(stream));
    await inbox.confirmed();
  } finally {
    signal?.removeEventListener('abort', onAbort);
    connection.endStream(stream.serial);
    if (!inbox.settled) connection.postRaw(abortFrame(stream));
    connection.resume(inbox);
  }
}
