export interface DynamicSection {
  readonly soname: string | undefined;
  readonly needed: readonly string[];
  readonly rpath: string | undefined;
}
export function isElf(bytes: Buffer): boolean;
export function readDynamicSection(bytes: Buffer): DynamicSection | undefined;
