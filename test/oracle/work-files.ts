/** The files that the recorded commands read. */
export const WORK_FILES: Readonly<Record<string, string>> = {
  'specs.txt': 'zlib=1.2.11\npackage\n',
  'environment.yml':
    'name: fromyml\nchannels:\n  - mini\ndependencies:\n  - zlib=1.2\n  - prefixed\nvariables:\n  FOO: bar\n',
  'update.yml': 'name: fromyml\nchannels:\n  - mini\ndependencies:\n  - zlib\n  - package\n',
  'pip.yml': 'name: withpip\ndependencies:\n  - python\n  - pip\n  - pip:\n      - fakepip\n',
  'nopip.yml': 'name: nopip\ndependencies:\n  - zlib\n  - pip:\n      - fakepip\n',
  'badkey.yml': 'name: badkey\ndependencies:\n  - zlib\nfoo: 1\n',
  'nodeps.yml': 'name: nodepsyml\n',
  'noname.yml': 'dependencies:\n  - zlib\n',
  'missing.yml': 'name: missingyml\ndependencies:\n  - nosuchpkg\n',
  'invalid.yml': 'dependencies: [\n',
};
