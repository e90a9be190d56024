/** Bytes that Ferry's own copies leave free in a directory of the target, for others who write there. */
export const spareRoomBytes: number = 64 * 1024 * 1024;
