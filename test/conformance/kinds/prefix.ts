import { deepEqual, equal, throws } from 'node:assert/strict';

import { isMachO } from '../../../src/link/mach-o.ts';
import { replacePrefix } from '../../../src/link/prefix-placeholder.ts';
import { fitShebang, formatShebang, isPythonName } from '../../../src/link/shebang.ts';
import type { FileMode } from '../../../src/model/package-info.ts';
import { type Kind, type TestCase, UnknownType } from '../kind.ts';

interface PrefixCase {
  readonly os: 'linux' | 'osx';
  readonly mode?: FileMode;
  readonly subdir: string;
  readonly placeholder: string;
  readonly prefix: string;
  readonly in_b64: string;
  readonly out_b64?: string;
  readonly error?: string;
  readonly executable: string;
  readonly usr_bin_env: boolean;
  readonly line: string;
  readonly name: string;
  readonly bytes_hex: string;
  readonly expect: string | boolean;
}

/** `prefix.json`: placeholders and shebangs. conda's own answers are those of the form `env`. */
export const prefix: Kind = {
  run(testCase) {
    const check = CHECKS[testCase.type];
    if (check === undefined) throw new UnknownType(testCase.type);
    check(testCase as TestCase & PrefixCase);
  },
};

const CHECKS: Readonly<Record<string, (testCase: PrefixCase) => void>> = {
  update: checkUpdate,
  'long-shebang': checkLongShebang,
  'rattler-shebang': ({ line, placeholder, prefix: into, subdir, expect }) => {
    const replaced = replacePrefix(Buffer.from(line), { mode: 'text', placeholder, prefix: into, subdir });
    equal(replaced.toString(), expect);
  },
  'entry-point-shebang': ({ executable, os, usr_bin_env, expect }) =>
    equal(formatShebang(executable, `${os}-64`, usr_bin_env ? 'env' : 'exec'), expect),
  'is-python-name': ({ name, expect }) => equal(isPythonName(name), expect),
  'is-macho': ({ bytes_hex, expect }) => equal(isMachO(Buffer.from(bytes_hex, 'hex')), expect),
};

function checkUpdate(testCase: PrefixCase): void {
  const { mode = 'text', placeholder, prefix: into, subdir, in_b64, out_b64, error } = testCase;
  const content = Buffer.from(in_b64, 'base64');
  const replace = (): Buffer =>
    replacePrefix(content, { mode, placeholder, prefix: into, subdir, longShebang: 'env' });
  if (error === undefined) deepEqual(replace(), Buffer.from(out_b64 ?? '', 'base64'));
  else throws(replace, { code: 'PREFIX_TOO_LONG' });
}

/** A binary has no first line, whatever it begins with. */
function checkLongShebang({ in_b64, out_b64 = '', os, mode = 'text' }: PrefixCase): void {
  const content = Buffer.from(in_b64, 'base64');
  const options = { mode, placeholder: '', prefix: '', subdir: `${os}-64`, longShebang: 'env' } as const;
  const fitted = mode === 'text' ? fitShebang(content, `${os}-64`, 'env') : replacePrefix(content, options);
  deepEqual(fitted, Buffer.from(out_b64, 'base64'));
}
