import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { extractArchive, loadIndexJson } from '../../../src/archive/index.ts';
import { TcondaError } from '../../../src/errors.ts';
import { linkTransaction, type LinkTransactionOptions } from '../../../src/link/index.ts';
import type { ExtractedPackage } from '../../../src/model/package-files.ts';
import { planTransaction } from '../../../src/plan/index.ts';
import { loadPrefix, recordTransaction, withPrefixLock } from '../../../src/record/index.ts';
import { readTree } from '../../helpers/extracted-package.ts';
import type { CaseContext, TestCase } from '../kind.ts';

interface ClobberStep {
  readonly install?: readonly string[];
  readonly remove?: readonly string[];
  readonly update?: Readonly<Record<string, string>>;
  readonly files?: readonly { readonly path: string; readonly content?: string }[];
  readonly is_dir?: readonly string[];
  readonly is_file?: readonly string[];
  readonly error?: boolean;
}

/** The clobber cases of `packages.json`: what is where after each step. */
export async function runClobber(testCase: TestCase, context: CaseContext): Promise<void> {
  const isError = (testCase['options'] as { clobber?: string } | undefined)?.clobber === 'error';
  const steps = testCase['steps'] as readonly ClobberStep[];
  // Before anything is expected to fail: a package that is not there is another failure.
  for (const step of steps) for (const file of filesOf(step)) context.recorded(file);
  await inWorkshop(async (workshop) => {
    for (const step of steps) {
      const change = workshop.change(step, context, isError ? { pathConflict: 'prevent' } : {});
      if (step.error === true) await assert.rejects(change, TcondaError);
      else {
        await change;
        checkFiles(workshop.prefix, step);
      }
    }
  });
}

/** The link script case of `packages.json`. */
export async function runLinkScriptCase(testCase: TestCase, context: CaseContext): Promise<void> {
  await inWorkshop(async (workshop) => {
    await workshop.change({ install: [String(testCase['package'])] }, context);
    const at = (name: string): string => path.join(workshop.prefix, name);
    for (const name of testCase['after_install'] as readonly string[]) assert.ok(existsSync(at(name)), name);
    await workshop.change({ remove: ['link-scripts'] }, context);
    for (const name of testCase['after_remove_absent'] as readonly string[]) {
      assert.ok(!existsSync(at(name)), name);
    }
  });
}

interface Workshop {
  readonly prefix: string;
  change(step: ClobberStep, context: CaseContext, options?: Partial<LinkTransactionOptions>): Promise<void>;
}

async function inWorkshop(action: (workshop: Workshop) => Promise<void>): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), 'clobber-'));
  const prefix = path.join(root, 'env');
  const wanted = new Map<string, ExtractedPackage>();
  try {
    await action({
      prefix,
      async change(step, context, options = {}) {
        for (const name of step.remove ?? []) wanted.delete(name);
        for (const file of filesOf(step)) {
          const extracted = await extract(context.recorded(file), path.join(root, 'pkgs'));
          wanted.set(extracted.record.name, extracted);
        }
        await bring(prefix, wanted, new Set(Object.keys(step.update ?? {})), options);
      },
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function filesOf(step: ClobberStep): readonly string[] {
  return [...(step.install ?? []), ...Object.values(step.update ?? {})];
}

async function extract(archive: string, cache: string): Promise<ExtractedPackage> {
  const fn = path.basename(archive);
  const directory = path.join(cache, fn.replace(/\.(?:conda|tar\.bz2)$/, ''));
  if (!existsSync(directory)) {
    mkdirSync(directory, { recursive: true });
    await extractArchive(archive, directory);
  }
  const record = {
    ...loadIndexJson(directory),
    fn,
    url: `file://${archive}`,
    channel: 'file:///chan',
    schannel: 'chan',
  };
  return { record, archive, directory };
}

async function bring(
  prefix: string,
  wanted: ReadonlyMap<string, ExtractedPackage>,
  reinstall: ReadonlySet<string>,
  options: Partial<LinkTransactionOptions>,
): Promise<void> {
  const installed = await loadPrefix(prefix);
  const packages = [...wanted.values()];
  const transaction = planTransaction(
    installed,
    packages.map(({ record }) => record),
    { reinstall },
  );
  await withPrefixLock(installed, {}, async (journal) => {
    const records = await linkTransaction(transaction, packages, {
      journal,
      report: () => undefined,
      subdir: 'linux-64',
      canRun: true,
      env: { PATH: '/usr/bin:/bin' },
      rootPrefix: '',
      ...options,
    });
    await recordTransaction(transaction, records, { journal, now: new Date(0), command: 'test' });
  });
}

function checkFiles(prefix: string, step: ClobberStep): void {
  if (step.files !== undefined) {
    const names = Object.keys(readTree(prefix)).filter(
      (name) =>
        !name.startsWith('conda-meta/') &&
        statSync(path.join(prefix, name), { throwIfNoEntry: false })?.isFile() === true,
    );
    assert.deepEqual(names.toSorted(), step.files.map((file) => file.path).toSorted());
  }
  for (const { path: name, content } of step.files ?? []) {
    if (content !== undefined) assert.equal(readFileSync(path.join(prefix, name), 'utf8'), content, name);
  }
  for (const name of step.is_dir ?? []) assert.ok(statSync(path.join(prefix, name)).isDirectory(), name);
  for (const name of step.is_file ?? [])
    assert.ok(statSync(path.join(prefix, name), { throwIfNoEntry: false })?.isFile() === true, name);
}
