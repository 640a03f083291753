/**
 * Code lengths, at least 1 and at most `limit`, of a prefix code for symbols that occur `weights` times: near the shortest possible.
 * A symbol that doesn't occur gets a code too.
 */
export function huffmanLengths(weights: Uint32Array, limit: number): Uint8Array {
  // When a code gets too long, flattened weights make it shorter.
  for (let scale = 1; ; scale *= 2) {
    const lengths = lengthsOf(weights.map((weight) => Math.max(1, Math.ceil(weight / scale))));
    if (lengths.every((length) => length <= limit)) return lengths;
  }
}

/** Two queues, leaves by weight and inner nodes as they arise, always join the two lightest. */
function lengthsOf(weights: Uint32Array): Uint8Array {
  const n = weights.length;
  const leaves = Uint32Array.from(weights.keys()).sort(
    (a, b) => (weights[a] as number) - (weights[b] as number),
  );
  const total = new Float64Array(2 * n);
  const parent = new Int32Array(2 * n);
  for (let i = 0; i < n; i += 1) total[i] = weights[leaves[i] as number] as number;
  let leaf = 0;
  let inner = n;
  for (let node = n; node < 2 * n - 1; node += 1) {
    for (let child = 0; child < 2; child += 1) {
      const takesLeaf = leaf < n && (inner >= node || (total[leaf] as number) <= (total[inner] as number));
      const taken = takesLeaf ? leaf++ : inner++;
      total[node] = (total[node] as number) + (total[taken] as number);
      parent[taken] = node;
    }
  }
  const depth = new Uint8Array(2 * n);
  for (let node = 2 * n - 3; node >= 0; node -= 1)
    depth[node] = (depth[parent[node] as number] as number) + 1;
  const lengths = new Uint8Array(n);
  for (let i = 0; i < n; i += 1) lengths[leaves[i] as number] = depth[i] as number;
  return lengths;
}
