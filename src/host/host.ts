/**
 * The machine and the process, as a value. Made once, by {@link currentHost}; everything that depends on the platform,
 * the environment or the clock takes it, so a test can say what machine this is.
 */
export interface Host {
  /** As `process.platform` says: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** As `process.arch` says: `x64`, `arm64`. */
  readonly arch: string;
  /** As `uname -m` says: `x86_64`, `armv7l`, `ppc64le`. */
  readonly machine: string;
  /** Of the kernel: `6.1.0-18-amd64`, `10.0.19045`. */
  readonly release: string;
  /** Absolute. */
  readonly home: string;
  /** Absolute. */
  readonly cwd: string;
  /** Absolute. */
  readonly tmpdir: string;
  /** The file that runs, links resolved; undefined when there is none. */
  readonly program: string | undefined;
  /** The runtime that runs it, absolute. */
  readonly runtime?: string;
  /** What it is worth to do at a time. At least 1. */
  readonly cores: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** Undefined on Windows. */
  readonly uid: number | undefined;
  /** Undefined on Windows. */
  readonly gid: number | undefined;
  /** Which streams are a terminal. */
  readonly terminal: { readonly input: boolean; readonly output: boolean; readonly errors: boolean };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Version of the C library that this process uses, `2.36`; undefined when that is not glibc. Measured when called. */
  readonly glibcVersion: () => string | undefined;
  /** Name of the first processor, `Apple M1 Pro`; empty when unknown. Measured when called. */
  readonly cpuModel: () => string;
}
