import type * as Yaml from 'yaml';

/** The YAML package, read when somebody needs it. */
export async function loadYaml(): Promise<typeof Yaml> {
  return (await import('./yaml.ts')).yaml;
}
