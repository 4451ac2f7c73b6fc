// Files as people see them: how large, of which kind, how high a picture stands.

import type { FileInfo } from '../protocol';
import type { Word } from './words';

/** A single picture is no higher and no wider than this. */
const HIGH_PX = 320;
const WIDE_PX = 420;

/** Kilobytes of a thousand bytes, as drives and mail count them. */
export function sizeOf(bytes: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const at = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(locale, { style: 'unit', unit: units[at]!, unitDisplay: at === 0 ? 'long' : 'short', maximumFractionDigits: at > 1 ? 1 : 0 }).format(bytes / 1000 ** at);
}

/** Whether the server made pictures of it. */
export function isPicture(file: FileInfo): boolean {
  return file.tiny !== undefined && file.width !== undefined && file.height !== undefined;
}

/** The space that a picture takes before it is there. */
export function spaceOf(file: Pick<FileInfo, 'width' | 'height'>, wide = WIDE_PX, high = HIGH_PX): { width: number; height: number } {
  const { width = wide, height = high } = file;
  const shrink = Math.min(1, wide / Math.max(1, width), high / Math.max(1, height));
  return { width: Math.max(48, Math.round(width * shrink)), height: Math.max(48, Math.round(height * shrink)) };
}

export function kindOf(type: string): Word {
  const [kind] = type.split('/');
  if (kind === 'image') return 'fileImage';
  if (kind === 'video') return 'fileVideo';
  if (kind === 'audio') return 'fileAudio';
  if (/zip|tar|gzip|compress|7z|rar/.test(type)) return 'fileArchive';
  if (kind === 'text' || /pdf|word|sheet|presentation|document/.test(type)) return 'fileDocument';
  return 'fileOther';
}

/** The ending of a name, short, to stand on a card. */
export function endingOf(name: string): string {
  const ending = /\.([^.]{1,5})$/u.exec(name)?.[1];
  return ending ? ending.toUpperCase() : '';
}
