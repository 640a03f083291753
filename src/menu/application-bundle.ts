import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { beforeCommand, quoteShell } from './item-command.ts';
import type { MenuFile } from './menu-file.ts';
import { applicationsFolder, type MenuPlaces } from './menu-places.ts';
import type { MenuItem } from './parse-menu.ts';
import { fillPlaceholders, slugOf } from './placeholders.ts';
import { formatPropertyList, type Property } from './property-list.ts';

export interface ApplicationBundleOptions extends MenuPlaces {
  readonly prefix: string;
  readonly placeholders: ReadonlyMap<string, string>;
}

/** Where the bundle of a menu item is. */
export function applicationBundlePath(item: MenuItem, options: ApplicationBundleOptions): string {
  const name = fillPlaceholders(item.name, options.placeholders).replaceAll(/[/:]/g, '-');
  return path.join(applicationsFolder(options), `${name.replace(/^\./, '-')}.app`);
}

/**
 * The files of a menu item on macOS: an application bundle whose program is a script, with all that its `Info.plist` is to say.
 * An `event_handler` is not made: the system hands opened URLs to compiled programs alone.
 */
export function applicationBundle(item: MenuItem, options: ApplicationBundleOptions): readonly MenuFile[] {
  const fill = (text: string): string => fillPlaceholders(text, options.placeholders);
  const program = slugOf(fill(item.name));
  const contents = path.join(applicationBundlePath(item, options), 'Contents');
  const icon = item.icon === undefined ? undefined : fill(item.icon);
  const files: MenuFile[] = [
    {
      path: path.join(contents, 'Info.plist'),
      content: formatPropertyList(properties(item, program, icon, fill)),
      mode: 0o644,
    },
    { path: path.join(contents, 'PkgInfo'), content: 'APPL????', mode: 0o644 },
    {
      path: path.join(contents, 'MacOS', program),
      content: launchScript(item, fill, options.prefix),
      mode: 0o755,
    },
  ];
  if (icon !== undefined && existsSync(icon)) {
    const file = path.join(contents, 'Resources', path.basename(icon));
    files.push({ path: file, content: readFileSync(icon), mode: 0o644 });
  }
  const { entitlements } = item.extra;
  if (Array.isArray(entitlements)) {
    const granted = entitlements.map((one) => [fill(String(one)), true] as const);
    const file = path.join(contents, 'Entitlements.plist');
    files.push({ path: file, content: formatPropertyList(Object.fromEntries(granted)), mode: 0o644 });
  }
  return [...files, ...links(item, contents, fill)];
}

/** Keys of CEP 11 that go into `Info.plist` as they are. */
const PLIST_KEYS =
  `CFBundleDisplayName CFBundleIdentifier CFBundleName CFBundleSpokenName CFBundleVersion CFBundleURLTypes
  CFBundleDocumentTypes LSApplicationCategoryType LSBackgroundOnly LSEnvironment LSMinimumSystemVersion
  LSMultipleInstancesProhibited LSRequiresNativeExecution NSSupportsAutomaticGraphicsSwitching UTExportedTypeDeclarations
  UTImportedTypeDeclarations`.split(/\s+/);

function properties(
  item: MenuItem,
  program: string,
  icon: string | undefined,
  fill: (text: string) => string,
): Property {
  const name = fill(item.name);
  const given = PLIST_KEYS.flatMap((key) => {
    const value = toProperty(item.extra[key], fill);
    return value === undefined ? [] : [[key, value] as const];
  });
  const version = item.extra['CFBundleVersion'];
  return {
    CFBundleName: name.slice(0, 16),
    CFBundleDisplayName: name,
    CFBundleExecutable: program,
    CFBundleIdentifier: `org.conda.${program}`,
    CFBundlePackageType: 'APPL',
    CFBundleVersion: '1.0.0',
    CFBundleShortVersionString: typeof version === 'string' ? fill(version) : '1.0.0',
    ...(icon !== undefined && { CFBundleIconFile: path.basename(icon) }),
    ...Object.fromEntries(given),
  };
}

/** A value of JSON with its placeholders filled in; without what a property list has no form for. */
function toProperty(value: unknown, fill: (text: string) => string): Property | undefined {
  if (typeof value === 'string') return fill(value);
  if (typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.flatMap((one) => toProperty(one, fill) ?? []);
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const property = toProperty(inner, fill);
    return property === undefined ? [] : [[key, property] as const];
  });
  return Object.fromEntries(entries);
}

function launchScript(item: MenuItem, fill: (text: string) => string, prefix: string): string {
  const directory = item.workingDirectory;
  const command = item.command.map((word) => quoteShell(fill(word))).join(' ');
  const before = [
    ...(directory === undefined ? [] : [`cd ${quoteShell(fill(directory))}`]),
    ...beforeCommand(item, fill, prefix),
  ];
  if (!item.isInTerminal) return `#!/bin/bash\n${[...before, command].join(' && ')} "$@"\n`;
  const script = [...before, command].join(' && ').replaceAll(/["\\]/g, String.raw`\$&`);
  const told = `tell application "Terminal" to do script "${script}"`;
  return `#!/bin/bash\nosascript -e ${quoteShell(told)} -e ${quoteShell('tell application "Terminal" to activate')}\n`;
}

/** What is to be found in the bundle as well: by source the place, relative to the bundle. It can't be outside of it. */
function links(item: MenuItem, contents: string, fill: (text: string) => string): readonly MenuFile[] {
  const { link_in_bundle: wanted } = item.extra;
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) return [];
  return Object.entries(wanted).flatMap(([source, place]): MenuFile[] => {
    if (typeof place !== 'string') return [];
    const file = path.resolve(path.dirname(contents), fill(place));
    const isInside = file.startsWith(`${contents}/`);
    return isInside ? [{ path: file, link: fill(source) }] : [];
  });
}
