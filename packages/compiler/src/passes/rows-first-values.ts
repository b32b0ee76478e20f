import { reshape, transpose } from '../ir/emit.js';
import type { Value } from '../ir/graph.js';

/** What a value of the old graph has become: images first as it was, rows first (`[h, c/b, w, n, b]`), or both. */
interface Forms {
  imagesFirst?: Value;
  rowsFirst?: Value;
}

/** Keeps both orders of each blocked array, and moves on demand, once. */
export class RowsFirstValues {
  private readonly forms = new Map<Value, Forms>();

  constructor(readonly block: number) {}

  setImagesFirst(old: Value, value: Value): void {
    this.forms.set(old, { imagesFirst: value });
  }

  setRowsFirst(old: Value, value: Value): void {
    this.forms.set(old, { rowsFirst: value });
  }

  hasRowsFirst(old: Value): boolean {
    return this.forms.get(old)?.rowsFirst !== undefined;
  }

  imagesFirst(old: Value): Value {
    const forms = this.formsOf(old);
    forms.imagesFirst ??= reshape(transpose(forms.rowsFirst!, [3, 1, 0, 2, 4]), old.shape);
    return forms.imagesFirst;
  }

  /** Of a blocked array. */
  rowsFirst(old: Value): Value {
    const forms = this.formsOf(old);
    const [batch = 1, channels = 1, height = 1, width = 1] = old.shape;
    const inMemory = [batch, channels / this.block, height, width, this.block];
    forms.rowsFirst ??= transpose(reshape(forms.imagesFirst!, inMemory), [2, 1, 3, 0, 4]);
    return forms.rowsFirst;
  }

  private formsOf(old: Value): Forms {
    let forms = this.forms.get(old);
    if (!forms) {
      forms = { imagesFirst: old };
      this.forms.set(old, forms);
    }
    return forms;
  }
}
