import { describe, expect, test } from 'vitest';

import { parseChannel } from '../../src/model/channel.ts';
import type { Job, SpecInput } from '../../src/model/request.ts';
import type { PrefixData, PrefixRecord } from '../../src/model/prefix-record.ts';
import { DEFAULT_CHANNEL_SETTINGS } from '../../src/model/spec-channel.ts';
import { gatherRequest } from '../../src/specs/index.ts';
import { installedPkg } from '../helpers/pkg.ts';

const CHANNELS = [parseChannel('conda-forge', DEFAULT_CHANNEL_SETTINGS)];
const INPUT: SpecInput = {
  command: 'install',
  specs: [],
  channels: CHANNELS,
  subdirs: ['linux-64', 'noarch'],
};
const PYTHON = installedPkg('python 3.11.4 h1_0');
const NUMPY = installedPkg('numpy 1.25.0 py311_0', { depends: ['python >=3.11,<3.12', 'libblas'] });
const BLAS = installedPkg('libblas 3.9.0 b_0');
const CERTIFICATES = installedPkg('ca-certificates 2023.1 h_0');

describe('gatherRequest', () => {
  test('create asks to install, the strictest first, with what the settings add', () => {
    const input = {
      ...INPUT,
      command: 'create',
      specs: ['numpy', 'python=3.12'],
      createDefaultPackages: ['pip', 'numpy 1.*', '/tmp/x-1-0.conda'],
    } as const;
    expect(jobs(input, [])).toEqual(['install python=3.12', 'install numpy', 'install pip']);
  });

  test('install keeps what was asked for before and freezes the rest', () => {
    const input = { ...INPUT, specs: ['scipy'], aggressiveUpdatePackages: ['ca-certificates', 'openssl'] };
    const records = [PYTHON, NUMPY, BLAS, CERTIFICATES];
    expect(jobs(input, records, { history: [['numpy', 'numpy=1.25']] })).toEqual([
      'pin python 3.11.*',
      'install scipy',
      'install numpy=1.25',
      'update ca-certificates',
      'keep numpy else []',
      'keep ca-certificates else []',
      'freeze libblas else []',
    ]);
  });

  test('what is asked for and installed is updated and kept', () => {
    expect(jobs({ ...INPUT, specs: ['libblas>=3.10'], updateModifier: 'update-specs' }, [BLAS])).toEqual([
      'update libblas>=3.10',
      'keep libblas',
    ]);
  });

  test('asking for python lets packages that are built for it change', () => {
    const found = jobs({ ...INPUT, specs: ['python=3.12'] }, [PYTHON, NUMPY, BLAS]);
    expect(found).toEqual(['update python=3.12', 'keep python', 'freeze libblas else []']);
  });

  test('a history spec with a build gives up the build, and no more', () => {
    const found = jobs({ ...INPUT, command: 'update', specs: ['python'] }, [PYTHON, NUMPY], {
      history: [['numpy', 'numpy==1.25.0=py311_0']],
    });
    expect(found).toContain('install numpy==1.25.0=py311_0 else [install numpy 1.25.0.*]');
  });

  test('pins constrain, and lend their text to a bare name', () => {
    const pinned = ['numpy 1.25.*', 'libblas'];
    expect(jobs({ ...INPUT, specs: ['numpy'] }, [NUMPY, BLAS], { pinned })).toEqual([
      'pin numpy 1.25.*',
      'update numpy 1.25.*',
      'keep numpy else []',
      'keep numpy',
      'keep libblas else []',
      'freeze libblas',
    ]);
    expect(
      jobs({ ...INPUT, specs: ['numpy'], ignorePinned: true, updateModifier: 'update-specs' }, [NUMPY], {
        pinned,
      }),
    ).toEqual(['update numpy', 'keep numpy']);
  });

  test('update --all moves everything but the minor version of python', () => {
    const found = jobs({ ...INPUT, command: 'update', updateModifier: 'update-all' }, [PYTHON, NUMPY], {
      history: [['numpy', 'numpy=1.25']],
    });
    expect(found).toEqual(['pin python 3.11.*', 'updateAll', 'keep numpy else []']);
  });

  test('whoever asks for nothing wants the environment whole', () => {
    const found = jobs({ ...INPUT, updateModifier: 'update-specs' }, [NUMPY, BLAS]);
    expect(found).toEqual(['repair numpy else []', 'repair libblas else []']);
  });

  test('a python without its lock stays one', () => {
    const records = [PYTHON, installedPkg('python-freethreading 3.11.4 0')];
    expect(jobs({ ...INPUT, specs: ['x'], updateModifier: 'update-specs' }, records)).toContain(
      'pin python_abi 3.11.* *_cp311t',
    );
  });

  test('remove takes out what is named and keeps what was asked for', () => {
    const history = [
      ['python', 'python'],
      ['numpy', 'numpy'],
    ] as const;
    expect(
      jobs({ ...INPUT, command: 'remove', specs: ['numpy'], channels: [] }, [PYTHON, NUMPY], { history }),
    ).toEqual(['remove numpy', 'keep python']);
  });

  test('a channel that a spec names is searched last', () => {
    const { channels } = gatherRequest(
      { ...INPUT, specs: ['bioconda::samtools', 'conda-forge::zlib'] },
      prefix([]),
    );
    expect(channels.map(({ canonicalName }) => canonicalName)).toEqual(['conda-forge', 'bioconda']);
  });

  test('tells when all that is asked for is there', () => {
    const input: SpecInput = { ...INPUT, updateModifier: 'specs-satisfied-skip-solve' };
    expect(gatherRequest({ ...input, specs: ['numpy>1'] }, prefix([NUMPY])).isSatisfied).toBe(true);
    expect(gatherRequest({ ...input, specs: ['numpy>2'] }, prefix([NUMPY])).isSatisfied).toBeUndefined();
  });

  test.each([
    [{ command: 'update', specs: ['numpy=1.26'] }, 'UPDATE_SPEC'],
    [{ command: 'update', specs: ['scipy'] }, 'PACKAGE_NOT_INSTALLED'],
    [{ command: 'remove', specs: ['scipy'] }, 'PACKAGES_NOT_IN_PREFIX'],
    [{ command: 'remove', specs: ['numpy=2'] }, 'PACKAGES_NOT_IN_PREFIX'],
    [{ command: 'install', specs: ['scipy'], channels: [] }, 'NO_CHANNELS'],
    [{ command: 'install', specs: ['python=='] }, 'INVALID_MATCH_SPEC'],
    [{ command: 'install', specs: ['numpy==1.26.0'], pinnedPackages: ['numpy 1.25.*'] }, 'PIN_CONFLICT'],
    [{ command: 'install', specs: ['numpy>=1.26'], pinnedPackages: ['numpy ==1.25.0'] }, 'PIN_CONFLICT'],
  ] as const)('%j is refused: %s', (change, code) => {
    expect(() => gatherRequest({ ...INPUT, ...change }, prefix([NUMPY]))).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test('a pin that leaves room is no conflict', () => {
    const input = { ...INPUT, specs: ['numpy>=1.25'], pinnedPackages: ['numpy 1.26.*'] };
    expect(() => gatherRequest(input, prefix([NUMPY]))).not.toThrow();
  });
});

interface Facts {
  readonly history?: readonly (readonly [string, string])[];
  readonly pinned?: readonly string[];
}

function prefix(records: readonly PrefixRecord[], { history = [], pinned = [] }: Facts = {}): PrefixData {
  return { prefix: '/env', exists: true, records, history: new Map(history), pinned };
}

function jobs(input: SpecInput, records: readonly PrefixRecord[], facts?: Facts): readonly string[] {
  return gatherRequest(input, prefix(records, facts)).jobs.map(show);
}

function show(job: Job): string {
  const what = 'spec' in job ? ` ${job.spec.text}` : 'name' in job ? ` ${job.name}` : '';
  const fallback = job.fallback === undefined ? '' : ` else [${job.fallback.map(show).join(', ')}]`;
  return `${job.kind}${what}${fallback}`;
}
