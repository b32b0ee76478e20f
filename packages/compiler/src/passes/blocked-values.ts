import { reshape, transpose } from '../ir/emit.js';
import { sameShape, sizeOf, type Value } from '../ir/graph.js';
import { reorderInput, reorderOutput } from './blocked-operators.js';

/** What a value of the old graph has become: an array in plain NCHW order, in blocked order, or both. */
interface Forms {
  plain?: Value;
  blocked?: Value;
}

/**
 * Keeps both orders of each array, and reorders on demand, once.
 */
export class BlockedValues {
  private readonly forms = new Map<Value, Forms>();

  constructor(readonly block: number) {}

  setPlain(old: Value, plain: Value): void {
    this.forms.set(old, { plain });
  }

  setBlocked(old: Value, blocked: Value): void {
    this.forms.set(old, { blocked });
  }

  plain(old: Value): Value {
    const forms = this.formsOf(old);
    forms.plain ??= this.reordered(forms.blocked!);
    return forms.plain;
  }

  /** Of an array whose channels divide into blocks. */
  blocked(old: Value): Value {
    const forms = this.formsOf(old);
    forms.blocked ??= hasOneOrder(old) ? forms.plain! : reorderInput(forms.plain!);
    return forms.blocked;
  }

  /** Whether it exists in blocked order already. */
  isBlocked(old: Value): boolean {
    return this.formsOf(old).blocked !== undefined;
  }

  canBlock(old: Value): boolean {
    return old.type === 'float32' && old.shape.length === 4 && old.shape[1]! % this.block === 0;
  }

  /** `[n, c/b, h, w, b]`, for operators that broadcast; extents of 1 stay 1. */
  spread(value: Value, like: readonly number[]): Value {
    const [batch = 1, channels = 1, height = 1, width = 1] = like;
    const lanes = channels === 1 ? 1 : this.block;
    return reshape(value, [batch, channels / lanes, height, width, lanes]);
  }

  private reordered(blocked: Value): Value {
    if (hasOneOrder(blocked)) return blocked;
    if (blocked.type !== 'float32') return this.transposed(blocked);
    return reorderOutput(blocked);
  }

  /** ONNX Runtime's own operator knows floats only; masks and integers are rare outside of elementwise operators. */
  private transposed(blocked: Value): Value {
    const [batch = 1, channels = 1, height = 1, width = 1] = blocked.shape;
    const inMemory = reshape(blocked, [batch, channels / this.block, height, width, this.block]);
    return reshape(transpose(inMemory, [0, 1, 4, 2, 3]), blocked.shape);
  }

  private formsOf(old: Value): Forms {
    let forms = this.forms.get(old);
    if (!forms) {
      forms = { plain: old };
      this.forms.set(old, forms);
    }
    return forms;
  }
}

/** With one pixel per channel, both orders are the same. */
function hasOneOrder(value: Value): boolean {
  return value.shape[2] === 1 && value.shape[3] === 1;
}

/** A value per channel that broadcasts against `[n, c, h, w]`: `[c, 1, 1]` or `[1, c, 1, 1]`. */
export function isPerChannel(value: Value, channels: number): boolean {
  return value.shape.length >= 3 && value.shape.at(-3) === channels && sizeOf(value.shape) === channels;
}

export function isFull(value: Value, output: Value): boolean {
  return sameShape(value.shape, output.shape);
}
