import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach } from 'vitest';

import { updateMenus, type UpdateMenusOptions } from '../../src/menu/index.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import { makeRecord } from './extracted-package.ts';

/** A home and an environment for menu entries, fresh for each test of a file. */
export interface MenuWorld {
  readonly root: () => string;
  readonly home: () => string;
  readonly prefix: () => string;
  readonly events: () => readonly ProgressEvent[];
  /** A package whose menu file lies in the environment. */
  readonly install: (text: string, menu: unknown, environment?: string) => PrefixRecord;
  readonly options: (more?: Partial<UpdateMenusOptions>) => UpdateMenusOptions;
  /** Brings the entries to what these packages say, which all came. */
  readonly update: (
    records: readonly PrefixRecord[],
    more?: Partial<UpdateMenusOptions>,
    environment?: string,
  ) => Promise<void>;
}

export function menuWorld(): MenuWorld {
  let root = '';
  let events: ProgressEvent[] = [];
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'menus-'));
    events = [];
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const options: MenuWorld['options'] = (more = {}) => ({
    rootPrefix: path.join(root, 'base'),
    linked: new Set(),
    home: path.join(root, 'home'),
    // Of the system's programs for menus there are none.
    env: { PATH: path.join(root, 'bin') },
    subdir: 'linux-64',
    shortcuts: true,
    shortcutsOnly: [],
    mayPrecreate: () => Promise.resolve(true),
    report: (event) => events.push(event),
    ...more,
  });
  return {
    root: () => root,
    home: () => path.join(root, 'home'),
    prefix: () => path.join(root, 'env'),
    events: () => events,
    install(text, menu, environment = 'env') {
      const prefix = path.join(root, environment);
      const record = makeRecord(text);
      const file = `Menu/${record.name}.json`;
      mkdirSync(path.join(root, 'home'), { recursive: true });
      mkdirSync(path.join(prefix, 'Menu'), { recursive: true });
      mkdirSync(path.join(prefix, 'conda-meta'), { recursive: true });
      writeFileSync(path.join(prefix, file), typeof menu === 'string' ? menu : JSON.stringify(menu));
      return { ...record, files: [file], paths_data: { paths_version: 1, paths: [] }, requested_specs: [] };
    },
    options,
    async update(records, more = {}, environment = 'env') {
      const linked = new Set(records.map(({ name }) => name));
      const prefix = path.join(root, environment);
      const installed = { prefix, exists: true, records, history: new Map(), pinned: [] };
      await updateMenus(installed, options({ linked, ...more }));
    },
  };
}
