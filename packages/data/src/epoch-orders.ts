import type { RandomStream } from '@ard/core';

/** Batches are prepared across the border between two epochs. */
const mostRemembered = 2;

/**
 * The order of the examples in each epoch.
 *
 * @param random absent: the order of the data set in every epoch
 */
export function epochOrders(count: number, random: RandomStream | undefined): (epoch: number) => Int32Array {
  if (!random) {
    const inOrder = Int32Array.from({ length: count }, (_, index) => index);
    return () => inOrder;
  }
  const orders = new Map<number, Int32Array>();
  return (epoch) => {
    const known = orders.get(epoch);
    if (known) return known;
    const order = random.derive('order', epoch).permutation(count);
    orders.set(epoch, order);
    for (const other of orders.keys()) {
      if (orders.size > mostRemembered && other !== epoch) orders.delete(other);
    }
    return order;
  };
}
