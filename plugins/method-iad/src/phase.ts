/** `distillation` before the epoch `begin`, counted from 0; `introspection` from it on. */
export function phaseOf(epoch: number, begin: number): 'distillation' | 'introspection' {
  return epoch < begin ? 'distillation' : 'introspection';
}
