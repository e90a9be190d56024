/**
 * A disk whose boot sector powers the machine off at the second press of its power button, and misses the first, as a system
 * does that still boots. ACPI's fixed registers stand where SeaBIOS puts them (`PORT_ACPI_PM_BASE`, 0x600).
 */
export function secondPressBootSector(): Buffer {
  const code = [
    [0xfb], // sti
    [0xba, 0x02, 0x06], // mov dx, 0x602: PM1_EN
    [0xb8, 0x00, 0x01], // mov ax, 0x100: the power button
    [0xef], // out dx, ax
    [0xb9, 0x02, 0x00], // mov cx, 2: presses
    [0xf4], // again: hlt, until the clock ticks
    [0xba, 0x00, 0x06], // mov dx, 0x600: PM1_STS
    [0xed], // in ax, dx
    [0xf6, 0xc4, 0x01], // test ah, 1
    [0x74, 0xf6], // jz again
    [0xb8, 0x00, 0x01], // mov ax, 0x100
    [0xef], // out dx, ax: seen
    [0xe2, 0xf0], // loop again
    [0xba, 0x04, 0x06], // mov dx, 0x604: PM1_CNT
    [0xb8, 0x00, 0x20], // mov ax, 0x2000: SLP_EN, off
    [0xef], // out dx, ax
    [0xf4], // hlt
    [0xeb, 0xfd], // jmp to the hlt
  ].flat();
  // QEMU's IDE disks have no less than a few sectors.
  const disk = Buffer.alloc(1024 * 1024);
  disk.set(code);
  disk.set([0x55, 0xaa], 510);
  return disk;
}
