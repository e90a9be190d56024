/** What of a guest is opened from outside: its first serial port, or its screen. Nova's names of protocols. */
export type ConsoleKind = 'serial' | 'vnc';
