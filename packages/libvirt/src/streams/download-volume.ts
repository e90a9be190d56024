import { ClientError } from '../errors.ts';
import type { StorageVolumeRef } from '../protocol/types.ts';
import type { Connection } from '../rpc/connection.ts';
import { openReadStream, type ReadStreamOptions } from './read-stream.ts';
import { byteCount, sparseStreamFlag, type StreamChunk } from './stream-chunk.ts';

/**
 * What part of a volume, whether holes are sent as holes, and whether the memory of a piece may take the next one. A length of 0 means to the end. The deadline is that of
 * opening; after it, a daemon that falls silent is found by keepalive.
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
    restBytes -= chunk.kind === 'data' ? chunk.bytes.length : chunk.lengthBytes;
    if (restBytes < 0) throw tooMuch(vol, options.lengthBytes ?? 0, restBytes);
    yield chunk;
  }
}

function tooMuch({ pool, name }: StorageVolumeRef, lengthBytes: number, restBytes: number): ClientError {
  const message = `the daemon has sent ${lengthBytes - restBytes} bytes of ${name} in ${pool}, and ${lengthBytes} were asked for`;
  return new ClientError('protocol-violation', message, { mayHaveRun: true });
}
