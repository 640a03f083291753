import type { createPackage, indexChannel } from '../../src/publish/index.ts';

interface Publish {
  readonly createPackage: typeof createPackage;
  readonly indexChannel: typeof indexChannel;
}

export const PLACEHOLDER: string;
export function buildChannel(publish: Publish, output: string): Promise<void>;
export function hashRecipes(): string;
