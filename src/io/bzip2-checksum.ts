const CRC = crcTables();

/** The CRC-32 of bzip2: the usual polynomial, most significant bit first. */
export function checksum(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = CRC;
  let crc = 0xffffffff | 0;
  const whole = bytes.length & ~3;
  let i = 0;
  for (; i < whole; i += 4) {
    crc ^=
      ((bytes[i] as number) << 24) |
      ((bytes[i + 1] as number) << 16) |
      ((bytes[i + 2] as number) << 8) |
      (bytes[i + 3] as number);
    crc =
      (t3[crc >>> 24] as number) ^
      (t2[(crc >>> 16) & 0xff] as number) ^
      (t1[(crc >>> 8) & 0xff] as number) ^
      (t0[crc & 0xff] as number);
  }
  for (; i < bytes.length; i += 1) {
    crc = (crc << 8) ^ (t0[(crc >>> 24) ^ (bytes[i] as number)] as number);
  }
  return ~crc >>> 0;
}

function crcTables(): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
    first[byte] = crc;
  }
  const next = (table: Int32Array) => table.map((crc) => (crc << 8) ^ (first[crc >>> 24] as number));
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)];
}
