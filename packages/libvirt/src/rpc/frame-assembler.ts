import {
  type Frame,
  FrameError,
  lengthBytes,
  maximumFrameBytes,
  maximumStreamPayloadBytes,
  minimumFrameBytes,
  readFrame,
} from './frame.ts';

/** So much room a frame is given when it announces as much: usual frames are copied once. It is that of a stream's frames. */
const roomAtOnce = minimumFrameBytes + maximumStreamPayloadBytes;
/** Rooms of frames that are done with, kept for the next ones: memory that is new for each costs more than the copying. */
const sparesAtMost = 48;

/**
 * Puts frames together from a byte stream that comes in arbitrary pieces, whose memory stays the giver's. An announced
 * length is checked before anything is kept for it; room for a large frame doubles as its bytes come, so that small
 * pieces cost no more than large ones and an announcement alone takes little memory.
 */
export class FrameAssembler {
  /** The beginning of a frame that is not whole yet, and how much of it is there. */
  #room: Buffer = Buffer.alloc(0);
  #held = 0;
  readonly #spares: Buffer[] = [];

  /** Takes back the memory of a frame's payload that nobody looks at any more; what is not worth keeping is dropped. */
  recycle(payload: Uint8Array): void {
    const { buffer } = payload;
    if (buffer.byteLength === roomAtOnce && this.#spares.length < sparesAtMost)
      this.#spares.push(Buffer.from(buffer as ArrayBuffer));
  }

  /**
   * Takes the next piece and gives the frames that are whole now, one by one: those before an impossible length, for
   * which it throws FrameError, are given too. To be read to the end before the next piece.
   */
  *push(piece: Buffer): Generator<Frame, void> {
    let rest = piece;
    while (rest.length > 0) {
      const whole = this.#held === 0 ? wholeFrame(rest) : null;
      if (whole === null) {
        rest = rest.subarray(this.#keep(rest));
        if (this.#held === this.#wanted()) yield readFrame(this.#give());
      } else {
        rest = rest.subarray(whole.length);
        yield readFrame(Buffer.from(whole));
      }
    }
  }

  /** Keeps what of a piece belongs to the frame; gives how much that was. */
  #keep(piece: Buffer): number {
    const wanted = this.#wanted();
    const taken = Math.min(piece.length, wanted - this.#held);
    this.#grow(this.#held + taken, wanted);
    piece.copy(this.#room, this.#held, 0, taken);
    this.#held += taken;
    return taken;
  }

  /** What is to be held next: the length word, then all that it announces. */
  #wanted(): number {
    return this.#held < lengthBytes ? lengthBytes : announcedLength(this.#room);
  }

  #grow(needed: number, wanted: number): void {
    if (needed <= this.#room.length) return;
    const bytes = Math.max(needed, Math.min(wanted, Math.max(roomAtOnce, this.#room.length * 2)));
    const larger = this.#space(bytes);
    this.#room.copy(larger, 0, 0, this.#held);
    this.#room = larger;
  }

  #space(bytes: number): Buffer {
    if (bytes !== roomAtOnce) return Buffer.allocUnsafe(bytes);
    // Of its own memory, never a part of a larger one: that is how it is known when it comes back.
    return this.#spares.pop() ?? Buffer.allocUnsafeSlow(bytes);
  }

  #give(): Buffer {
    const whole = this.#room.subarray(0, this.#held);
    this.#room = Buffer.alloc(0);
    this.#held = 0;
    return whole;
  }
}

/** The frame that bytes begin with: nearly all small frames come whole in one piece. */
function wholeFrame(bytes: Buffer): Buffer | null {
  if (bytes.length < lengthBytes) return null;
  const length = announcedLength(bytes);
  return bytes.length < length ? null : bytes.subarray(0, length);
}

function announcedLength(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0);
  if (length < minimumFrameBytes || length > maximumFrameBytes) {
    throw new FrameError(
      `a frame of ${length} bytes; ${minimumFrameBytes} to ${maximumFrameBytes} are possible`,
    );
  }
  return length;
}
