import type { PrefixRecord } from '../model/prefix-record.ts';
import { formatPythonTuple } from '../model/python-text.ts';
import { channelColumn } from './channel-text.ts';
import { formatCanonicalDist } from './dist-json.ts';

/**
 * A field of a record as conda prints it in `list`: lists as tuples of python, times as seconds, numbers of 0 as nothing.
 * @param showChannelUrls conda's `show_channel_urls`; undefined is its default
 */
export function listFieldText(
  record: PrefixRecord,
  field: string,
  showChannelUrls: boolean | undefined,
): string {
  switch (field) {
    case 'channel_name':
      return channelColumn(record, showChannelUrls);
    case 'channel':
      return record.subdir === 'pypi' ? record.channel : `${record.channel}/${record.subdir}`;
    case 'dist_str':
      return formatCanonicalDist(record);
    case 'requested_spec':
      return record.requested_specs.join(',');
    case 'noarch':
      return record.noarch === undefined ? '' : `NoarchType.${record.noarch}`;
    case 'package_type':
      return record.package_type === undefined ? '' : `PackageType.${record.package_type.toUpperCase()}`;
    case 'timestamp':
      return record.timestamp === undefined ? '' : formatPythonFloat(record.timestamp / 1000);
    case 'features':
      return record.features === undefined ? '' : `[${record.features.split(/[\s,]+/).join(' ')}]`;
    default:
      return formatValue(record[field as keyof PrefixRecord]);
  }
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '' : formatPythonTuple(value as readonly string[]);
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' && value !== 0 ? String(value) : '';
}

function formatPythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
