import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { type SolveInput, solveRequest } from '../../src/solve/index.ts';
import { type RawChannel, type RawRecord, readChannels } from '../conformance/kinds/solver-records.ts';
import { refuse } from '../helpers/conflict.ts';
import { virtualPkg } from '../helpers/pkg.ts';
import { requestOf } from '../helpers/solve.ts';

const folder = process.env['TCONDA_CONFORMANCE'] ?? '';
const recorded = (file: string): string => path.join(folder, file);
/** Indexes as their channels had them one day; they are not part of the project. */
const isRecorded = folder !== '' && existsSync(recorded('repodata'));

const FORGE: readonly RawChannel[] = ['linux-64', 'noarch'].map((subdir) => ({
  channel: 'conda-forge',
  subdir,
  repodata: `conda-forge-subset/${subdir}/repodata.json.gz`,
}));
const MAIN: readonly RawChannel[] = [
  { channel: 'main', subdir: 'linux-64', records: readList('conda-tests/index4.json.gz') },
];
const PYTORCH: readonly RawChannel[] = [
  { channel: 'pytorch', subdir: 'linux-64', repodata: 'rattler-channels/pytorch/linux-64/repodata.json.gz' },
];

/** Some lists have the records by file name and nothing else. */
function readList(file: string): readonly RawRecord[] {
  const full = recorded(`repodata/${file}`);
  if (!existsSync(full)) return [];
  const records = JSON.parse(gunzipSync(readFileSync(full)).toString()) as Readonly<
    Record<string, RawRecord>
  >;
  return Object.entries(records).map(([fn, record]) => ({ ...record, fn }));
}

async function explain(
  channels: readonly RawChannel[],
  specs: readonly string[],
  fields: Parameters<typeof requestOf>[1] = {},
): Promise<string> {
  const request = requestOf(
    specs.map((spec) => `install ${spec}`),
    fields,
  );
  return await refuse(request, inputOf(channels));
}

function inputOf(channels: readonly RawChannel[]): SolveInput {
  return {
    repodata: { subdirs: readChannels(channels, { recorded } as Parameters<typeof readChannels>[1]) },
    installed: [],
    virtualPackages: ['__glibc 2.17', '__linux 5.10', '__unix 0'].map(virtualPkg),
  };
}

test.runIf(isRecorded)('curl and an openssl that it left behind', async () => {
  expect(await explain(FORGE, ['curl >=8', 'openssl 1.0.*'])).toMatchInlineSnapshot(`
    "curl >=8 and openssl 1.0.* can't be installed together:
    ├─ curl >=8 is requested
    │  └─ curl 8.0.0 to 8.7.1 needs libcurl 8.7.1 hca28451_0 or 8.6.0 hca28451_0 or 8.5.0 hca28451_0 or 10 others
    │     └─ libcurl 8.0.0 to 8.7.1 needs openssl >=3.2.1,<4.0a0 or >=3.2.0,<4.0a0 or >=3.1.3,<4.0a0 or 3 others
    └─ openssl 1.0.* is requested
       └─ openssl 1.0.2h to 1.0.2u conflicts with openssl 3.1.0 to 3.3.0

    These would work:
      - openssl >=1.0 in place of openssl 1.0.*: curl 8.7.1, openssl 3.3.0
      - curl in place of curl >=8: curl 7.64.0, openssl 1.0.2u"
  `);
});

test.runIf(isRecorded)('a setuptools that is older than python', async () => {
  expect(await explain(FORGE, ['python 3.9.*', 'setuptools 40.*'])).toMatchInlineSnapshot(`
    "setuptools 40.* can't be installed:
    └─ setuptools 40.* is requested
       └─ setuptools 40.0.0 to 40.9.0 needs python >=3.7,<3.8.0a0 or >=2.7,<2.8.0a0 or >=3.6,<3.7.0a0 or 1 other, but there is only python 3.9.0 to 3.9.19

    This would work:
      - setuptools >=40 in place of setuptools 40.*: python 3.9.19, setuptools 69.5.1"
  `);
});

test.runIf(isRecorded)('a pytorch for a python that is not there', async () => {
  expect(await explain([...PYTORCH, ...MAIN], ['pytorch 2.*', 'python 3.6.*'])).toMatchInlineSnapshot(`
    "pytorch 2.* can't be installed:
    └─ pytorch 2.* is requested
       ├─ pytorch 2.1.0 needs typing_extensions, but no channel has it
       ├─ pytorch 2.1.0 needs pytorch-mutex 1.0 cuda or 1.0 cpu, but no channel has it
       ├─ pytorch 2.1.0 needs python >=3.8,<3.9.0a0 or >=3.10,<3.11.0a0 or >=3.11,<3.12.0a0 or 1 other, but there is only python 2.7.13 to 3.7.0
       ├─ pytorch 2.1.0 needs networkx, but no channel has it
       ├─ pytorch 2.1.0 needs sympy, but no channel has it
       ├─ pytorch 2.1.0 needs llvm-openmp <16, but no channel has it
       ├─ pytorch 2.0.0, 2.0.1 needs typing_extensions, but no channel has it
       ├─ pytorch 2.0.0, 2.0.1 needs pytorch-mutex 1.0 cuda or 1.0 cpu, but no channel has it
       ├─ pytorch 2.0.0, 2.0.1 needs python >=3.9,<3.10.0a0 or >=3.10,<3.11.0a0 or >=3.11,<3.12.0a0 or 1 other, but there is only python 2.7.13 to 3.7.0
       ├─ pytorch 2.0.0, 2.0.1 needs networkx, but no channel has it
       └─ pytorch 2.0.0, 2.0.1 needs sympy, but no channel has it

    This would work:
      - without pytorch 2.*: python 3.6.6"
  `);
});

test.runIf(isRecorded)('strict priority and a python of another channel', async () => {
  const fields = { channelPriority: 'strict' as const };
  expect(await explain([...FORGE, ...MAIN], ['python 3.6.*', 'pip'], fields)).toMatchInlineSnapshot(`
    "The following packages are not available from current channels:

      - python 3.6.*

    Current channels:


    python 3.6.* can't be installed: it is in main, which is not looked at: channel priority is strict and conda-forge has python, too

    These would work:
      - with --channel-priority flexible: pip 21.3.1, python 3.6.6
      - python 3.* in place of python 3.6.*: pip 24.0, python 3.9.19"
  `);
});

test.runIf(isRecorded)('three that each go with one other', async () => {
  const specs = ['scipy 0.19.*', 'numpy 1.15.*', 'python 3.7.*'];
  expect(await explain(MAIN, specs)).toMatchInlineSnapshot(`
    "scipy 0.19.* and python 3.7.* can't be installed together:
    ├─ scipy 0.19.* is requested
    │  └─ scipy 0.19.1 needs python >=3.6,<3.7.0a0 or >=2.7,<2.8.0a0 or >=3.5,<3.6.0a0
    └─ python 3.7.* is requested
       └─ python 3.7.0 conflicts with python 2.7.13 to 3.6.6

    These would work:
      - python 3.* in place of python 3.7.*: numpy 1.15.0, python 3.6.6, scipy 0.19.1
      - scipy >=0.19 in place of scipy 0.19.*: numpy 1.15.0, python 3.7.0, scipy 1.1.0"
  `);
});

test.runIf(isRecorded)('the whole of it, when all is to be told', async () => {
  const request = requestOf(['install python 3.9.*', 'install setuptools 40.*']);
  const answer = await solveRequest(request, inputOf(FORGE), { explainsAll: true });
  expect(answer.kind === 'unsolvable' && answer.explanation.join('\n')).toMatchInlineSnapshot(`
    "setuptools 40.* can't be installed:
    └─ setuptools 40.* is requested
       └─ setuptools 40.0.0 to 40.9.0 needs python >=3.7,<3.8.0a0 or >=2.7,<2.8.0a0 or >=3.6,<3.7.0a0 or >=3.5,<3.6.0a0, but there is only python 3.9.0 to 3.9.19"
  `);
});
