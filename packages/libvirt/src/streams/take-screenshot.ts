import { ClientError } from '../errors.ts';
import type { DomainRef } from '../protocol/types.ts';
import type { CallOptions } from '../rpc/call-options.ts';
import type { Connection } from '../rpc/connection.ts';
import { openReadStream } from './read-stream.ts';

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
