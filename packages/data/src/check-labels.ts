import { ArdError } from '@ard/core';

/**
 * Refuses labels that name no class.
 *
 * @param file for the message
 * @throws ArdError naming the file and the first record at fault
 */
export function checkLabels(labels: ArrayLike<number>, classes: number, file: string): void {
  for (let record = 0; record < labels.length; record++) {
    const label = labels[record]!;
    if (label >= classes) {
      throw new ArdError(
        `${file}: record ${record} (counted from 0) has label ${label}; labels are 0 to ${classes - 1}`,
        { remedy: 'The file is damaged or holds another dataset; fetch it again or name the right folder.' },
      );
    }
  }
}
