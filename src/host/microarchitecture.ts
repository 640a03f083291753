/** One generation of x86-64 processors: what it adds to the generations it continues. Names are archspec's. */
interface Generation {
  readonly name: string;
  /** `cpuid`'s vendor; absent for the levels that belong to none. */
  readonly vendor?: string;
  readonly from: readonly string[];
  /** Flags in the kernel's spelling. */
  readonly adds: string;
}

const INTEL = 'GenuineIntel';
const AMD = 'AuthenticAMD';

/** Each generation stands behind those it continues. */
const GENERATIONS: readonly Generation[] = [
  { name: 'x86_64', from: [], adds: '' },
  { name: 'x86_64_v2', from: ['x86_64'], adds: 'cx16 lahf_lm mmx sse sse2 ssse3 sse4_1 sse4_2 popcnt' },
  { name: 'x86_64_v3', from: ['x86_64_v2'], adds: 'avx avx2 bmi1 bmi2 f16c fma abm movbe xsave' },
  { name: 'x86_64_v4', from: ['x86_64_v3'], adds: 'avx512f avx512bw avx512cd avx512dq avx512vl' },
  { name: 'nocona', vendor: INTEL, from: ['x86_64'], adds: 'mmx sse sse2 pni' },
  { name: 'core2', vendor: INTEL, from: ['nocona'], adds: 'ssse3' },
  { name: 'nehalem', vendor: INTEL, from: ['core2', 'x86_64_v2'], adds: 'sse4_1 sse4_2 popcnt' },
  { name: 'westmere', vendor: INTEL, from: ['nehalem'], adds: 'aes pclmulqdq' },
  { name: 'sandybridge', vendor: INTEL, from: ['westmere'], adds: 'avx' },
  { name: 'ivybridge', vendor: INTEL, from: ['sandybridge'], adds: 'rdrand f16c' },
  { name: 'haswell', vendor: INTEL, from: ['ivybridge', 'x86_64_v3'], adds: 'fma avx2 bmi1 bmi2 movbe' },
  { name: 'broadwell', vendor: INTEL, from: ['haswell'], adds: 'rdseed adx' },
  { name: 'skylake', vendor: INTEL, from: ['broadwell'], adds: 'clflushopt xsavec xsaveopt' },
  { name: 'mic_knl', vendor: INTEL, from: ['broadwell'], adds: 'avx512f avx512pf avx512er avx512cd' },
  { name: 'skylake_avx512', vendor: INTEL, from: ['skylake', 'x86_64_v4'], adds: 'clwb' },
  { name: 'cascadelake', vendor: INTEL, from: ['skylake_avx512'], adds: 'avx512_vnni' },
  {
    name: 'cannonlake',
    vendor: INTEL,
    from: ['skylake', 'x86_64_v4'],
    adds: 'avx512vbmi avx512ifma sha_ni umip',
  },
  {
    name: 'icelake',
    vendor: INTEL,
    from: ['cascadelake', 'cannonlake'],
    adds: 'avx512_vbmi2 avx512_bitalg avx512_vpopcntdq gfni vaes vpclmulqdq rdpid',
  },
  {
    name: 'sapphirerapids',
    vendor: INTEL,
    from: ['icelake'],
    adds: 'avx512_bf16 avx512_fp16 amx_bf16 amx_tile amx_int8 cldemote movdir64b movdiri serialize waitpkg',
  },
  { name: 'k10', vendor: AMD, from: ['x86_64'], adds: 'mmx sse sse2 sse4a abm cx16 3dnow 3dnowext' },
  { name: 'bulldozer', vendor: AMD, from: ['x86_64_v2'], adds: 'sse4a abm avx xsave xop fma4 aes pclmulqdq' },
  { name: 'piledriver', vendor: AMD, from: ['bulldozer'], adds: 'bmi1 f16c fma tbm' },
  { name: 'steamroller', vendor: AMD, from: ['piledriver'], adds: 'fsgsbase' },
  { name: 'excavator', vendor: AMD, from: ['steamroller', 'x86_64_v3'], adds: 'bmi2 avx2 rdrand movbe' },
  {
    name: 'zen',
    vendor: AMD,
    from: ['x86_64_v3'],
    adds: 'fsgsbase rdseed clzero aes pclmulqdq sse4a xsavec xsaveopt clflushopt',
  },
  { name: 'zen2', vendor: AMD, from: ['zen'], adds: 'clwb' },
  { name: 'zen3', vendor: AMD, from: ['zen2'], adds: 'vaes vpclmulqdq' },
  {
    name: 'zen4',
    vendor: AMD,
    from: ['zen3', 'x86_64_v4'],
    adds: 'avx512ifma avx512_bf16 avx512vbmi avx512_vbmi2 gfni avx512_vnni avx512_bitalg avx512_vpopcntdq',
  },
  { name: 'zen5', vendor: AMD, from: ['zen4'], adds: 'movdiri movdir64b avx512_vp2intersect avx_vnni' },
];

/** `implementer part` of `/proc/cpuinfo` on ARM. */
const ARM_CORES: Readonly<Record<string, string>> = {
  '0x41 0xd08': 'cortex_a72',
  '0x41 0xd0c': 'neoverse_n1',
  '0x41 0xd40': 'neoverse_v1',
  '0x41 0xd49': 'neoverse_n2',
  '0x41 0xd4f': 'neoverse_v2',
  '0x43 0x0af': 'thunderx2',
  '0x46 0x001': 'a64fx',
};

/**
 * The most specific microarchitecture that `/proc/cpuinfo` proves, in archspec's words; undefined when the text tells
 * nothing of the processor.
 */
export function parseCpuInfo(text: string): string | undefined {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^([^:\n]+?)\s*:[ \t]*(.*)$/gm)) {
    if (!fields.has(name)) fields.set(name, value);
  }
  const flags = fields.get('flags');
  if (flags !== undefined) return x86Generation(fields.get('vendor_id') ?? '', new Set(flags.split(' ')));
  const core = `${fields.get('CPU implementer') ?? ''} ${fields.get('CPU part') ?? ''}`;
  return core === ' ' ? undefined : (ARM_CORES[core] ?? 'aarch64');
}

/** `m1` of `Apple M1 Pro`; undefined when it is another processor. */
export function parseAppleModel(model: string): string | undefined {
  return /\bApple (M\d+)\b/.exec(model)?.[1]?.toLowerCase();
}

/**
 * Of all generations whose flags are all there, the one that continues most others. A vendor's generation must
 * not be behind the best level of no vendor: then the processor is newer than this list.
 */
function x86Generation(vendor: string, flags: ReadonlySet<string>): string {
  const ancestors = new Map<string, ReadonlySet<string>>();
  const fitting: Generation[] = [];
  for (const generation of GENERATIONS) {
    const { name, from, adds } = generation;
    ancestors.set(name, new Set(from.flatMap((parent) => [parent, ...(ancestors.get(parent) ?? [])])));
    const parentsFit = from.every(
      (parent) => isGeneric(parent) || fitting.some((other) => other.name === parent),
    );
    const flagsFit = adds === '' || adds.split(' ').every((flag) => flags.has(flag));
    const levelsFit = from.filter(isGeneric).every((level) => fitting.some((other) => other.name === level));
    if (parentsFit && flagsFit && levelsFit && (generation.vendor ?? vendor) === vendor)
      fitting.push(generation);
  }
  const depth = (name: string): number => ancestors.get(name)?.size ?? 0;
  const level = fitting.filter((generation) => generation.vendor === undefined).at(-1)?.name ?? 'x86_64';
  const named = fitting
    .filter(({ name, vendor: own }) => own !== undefined && ancestors.get(name)?.has(level) === true)
    .toSorted((a, b) => depth(b.name) - depth(a.name));
  return named[0]?.name ?? level;
}

function isGeneric(name: string): boolean {
  return name.startsWith('x86_64');
}
