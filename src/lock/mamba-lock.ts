import type { FieldReader, Fields } from './fields.ts';

/** The lock file of mambajs, for one platform. */
export interface MambaLock {
  readonly kind: 'mamba-lock';
  readonly version: string;
  readonly platform: string;
  readonly specs: readonly string[];
  readonly channels: readonly string[];
  readonly packages: readonly MambaLockPackage[];
  readonly pip: readonly string[];
}

/** A package, as the file has it. */
export interface MambaLockPackage {
  readonly channel: string;
  readonly subdir: string;
  readonly fn: string;
  /** What the channel's name stands for, if the file says so. */
  readonly channelUrl: string | undefined;
  readonly md5: string | undefined;
  readonly sha256: string | undefined;
}

/** The lock file of mambajs, version 1.0, out of its parsed JSON. Throws what `reader.fail` makes where it is none. */
export function readMambaLock(data: Fields, reader: FieldReader): MambaLock {
  const version = reader.text(data['lockVersion'], 'lockVersion');
  if (!/^1\.0\.\d+$/.test(version)) throw reader.fail(`its version is ${version}, and 1.0 is known`);
  const texts = (key: string): readonly string[] =>
    reader.list(data[key], key).map((item) => reader.text(item, `an item of ${key}`));
  const info = data['channelInfo'] === undefined ? {} : reader.map(data['channelInfo'], 'channelInfo');
  const packages = Object.entries(reader.map(data['packages'], 'packages')).map(
    ([fn, item]): MambaLockPackage => {
      const fields = reader.map(item, fn);
      const channel = reader.text(fields['channel'], `channel of ${fn}`);
      const [first] = reader.list(info[channel], `channelInfo of ${channel}`);
      const hash = fields['hash'] === undefined ? {} : reader.map(fields['hash'], `hash of ${fn}`);
      return {
        channel,
        subdir: reader.text(fields['subdir'], `subdir of ${fn}`),
        fn,
        channelUrl:
          first === undefined
            ? undefined
            : reader.findText(reader.map(first, channel)['url'], `url of ${channel}`),
        md5: reader.findText(hash['md5'], `md5 of ${fn}`),
        sha256: reader.findText(hash['sha256'], `sha256 of ${fn}`),
      };
    },
  );
  return {
    kind: 'mamba-lock',
    version,
    platform: reader.text(data['platform'], 'platform'),
    specs: texts('specs'),
    channels: texts('channels'),
    packages,
    pip: data['pipPackages'] === undefined ? [] : Object.keys(reader.map(data['pipPackages'], 'pipPackages')),
  };
}
