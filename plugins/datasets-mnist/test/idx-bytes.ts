/** An idx file of unsigned bytes that count 0 to 9 over and over. */
export function idxBytes(...shape: readonly number[]): Buffer {
  const values = shape.reduce((size, extent) => size * extent, 1);
  const header = 4 + 4 * shape.length;
  const content = Buffer.alloc(header + values);
  content.writeUInt32BE(0x0800 + shape.length, 0);
  shape.forEach((extent, axis) => content.writeUInt32BE(extent, 4 + 4 * axis));
  for (let value = 0; value < values; value++) content[header + value] = value % 10;
  return content;
}
