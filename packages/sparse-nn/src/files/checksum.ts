/** Files of networks have a checksum. */
import type { SafetensorsFile } from '@hashgrad/kernels';

/** @throws {Error} for a file without a checksum, which all of ours have: it was damaged just there, or written by others. */
export function checkChecksum({ checked, name }: SafetensorsFile): void {
  if (!checked)
    throw new Error(`${name}: the file has no checksum (CRC-32), as all that were saved here have.`);
}
