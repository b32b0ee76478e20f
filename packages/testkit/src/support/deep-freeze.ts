/** Freezes plain data, so that writing into it throws. */
export function deepFreeze<Data>(data: Data): Data {
  if (typeof data === 'object' && data !== null) {
    Object.values(data).forEach(deepFreeze);
    Object.freeze(data);
  }
  return data;
}
