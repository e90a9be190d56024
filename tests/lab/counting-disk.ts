/**
 * A disk that is an operating system of 67 bytes: it writes "F" and a number of four hexadecimal digits to its serial port,
 * ten times a second, each time one more. Real firmware starts it, and a number that goes on after a move tells that the
 * guest's memory and processor came along.
 */
export function countingDisk(): Buffer {
  const code = [
    // start: data segment 0, counter bx = 0
    [0x31, 0xc0, 0x8e, 0xd8, 0x31, 0xdb],
    // again: out('F'), then four digits of bx from the left
    [0xb0, 0x46, 0xe8, 0x29, 0x00, 0xb9, 0x04, 0x00],
    // digit: rol bx, 4; al = bl & 15, as a hexadecimal digit; out; loop digit
    [0xc1, 0xc3, 0x04, 0x88, 0xd8, 0x24, 0x0f, 0x04, 0x30, 0x3c, 0x39, 0x76, 0x02, 0x04, 0x07],
    [0xe8, 0x14, 0x00, 0xe2, 0xec],
    // out('\n'); inc bx
    [0xb0, 0x0a, 0xe8, 0x0d, 0x00, 0x43],
    // wait for 100,000 microseconds by the firmware (int 15h, ah = 86h); jmp again
    [0xb9, 0x01, 0x00, 0xba, 0xa0, 0x86, 0xb4, 0x86, 0xcd, 0x15, 0xeb, 0xd2],
    // out: wait until the port is ready (3fdh, bit 5), then write al to 3f8h
    [0x50, 0xba, 0xfd, 0x03, 0xec, 0xa8, 0x20, 0x74, 0xfb, 0x58, 0xba, 0xf8, 0x03, 0xee, 0xc3],
  ].flat();
  const disk = Buffer.alloc(1024 * 1024);
  disk.set(code);
  // What firmware knows a disk to start from by.
  disk.set([0x55, 0xaa], 510);
  return disk;
}

/** The last number in what such a guest wrote; null when there is none. */
export function lastCount(console: string): number | null {
  const found = Array.from(console.matchAll(/F([0-9A-F]{4})\n/g), ([, digits = '']) => digits);
  const last = found.at(-1);
  return last === undefined ? null : Number.parseInt(last, 16);
}
