/** What packed data from a server may at most grow to. Above is an attack or a mistake. */
export interface GrowthLimits {
  /** Bytes, unpacked. */
  readonly maxBytes: number;
  /** Times the bytes that have arrived, once there are more than `free`. */
  readonly ratio: number;
  /** Bytes, unpacked, of which nobody asks how they came to be. */
  readonly free: number;
}

/** No index comes near: conda-forge's packs to a fifth with zstd, to a tenth with gzip. gzip alone can do 1:1000, zstd 1:20 000. */
export const USUAL_GROWTH = { ratio: 100, free: 64 * 1024 * 1024 } as const;

/** Holds unpacked bytes against those that have arrived, while both go by. */
export interface GrowthMeter {
  /** `chunks` as they are, counted as having arrived. */
  arriving(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
  /** Counts bytes that came out. What is wrong with so many, as the end of a sentence; undefined when nothing is. */
  unpacked(bytes: number): string | undefined;
}

/** Measures what one server sends while it is unpacked, against its limits. */
export function createGrowthMeter({ maxBytes, ratio, free }: GrowthLimits): GrowthMeter {
  let arrived = 0;
  let total = 0;
  return {
    async *arriving(chunks) {
      for await (const chunk of chunks) {
        arrived += chunk.length;
        yield chunk;
      }
    },
    unpacked(bytes) {
      total += bytes;
      if (total > maxBytes) return `it has more than ${maxBytes} bytes`;
      return total > Math.max(free, arrived * ratio)
        ? `it unpacks to more than ${ratio} times its size`
        : undefined;
    },
  };
}
