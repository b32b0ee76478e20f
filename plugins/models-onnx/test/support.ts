import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A network of torch.onnx.export (PyTorch 1.13, operator set 13, batch 1): 3x8x8 images; a strided convolution with
 * batch norm, HardSwish, a depthwise convolution, ReLU6, concatenation, max pooling, mean, a linear layer for 3
 * classes, softmax. torch.manual_seed(1), running statistics drawn anew.
 */
export const foreignNetwork = Buffer.from(
  [
    'CAcSB3B5dG9yY2gaBjEuMTMuMDr5EQqmAQoHaW5wdXQuMQoNb25ueDo6Q29udl8zNgoNb25ueDo6Q29udl8zNxIQL2EvQ29udl9v',
    'dXRwdXRfMBoHL2EvQ29udiIEQ29udioSCglkaWxhdGlvbnNAAUABoAEHKgwKBWdyb3VwGAGgAQIqFQoMa2VybmVsX3NoYXBlQANA',
    'A6ABByoRCgRwYWRzQAFAAUABQAGgAQcqEAoHc3RyaWRlc0ACQAKgAQcKVQoQL2EvQ29udl9vdXRwdXRfMBIVL0hhcmRTaWdtb2lk',
    'X291dHB1dF8wGgwvSGFyZFNpZ21vaWQiC0hhcmRTaWdtb2lkKg8KBWFscGhhFauqKj6gAQEKQwoQL2EvQ29udl9vdXRwdXRfMAoV',
    'L0hhcmRTaWdtb2lkX291dHB1dF8wEg0vTXVsX291dHB1dF8wGgQvTXVsIgNNdWwKmAEKDS9NdWxfb3V0cHV0XzAKCGMud2VpZ2h0',
    'EhAvYy9Db252X291dHB1dF8wGgcvYy9Db252IgRDb252KhIKCWRpbGF0aW9uc0ABQAGgAQcqDAoFZ3JvdXAYBKABAioVCgxrZXJu',
    'ZWxfc2hhcGVAA0ADoAEHKhEKBHBhZHNAAUABQAFAAaABByoQCgdzdHJpZGVzQAFAAaABBwovChAvYy9Db252X291dHB1dF8wEg4v',
    'UmVsdV9vdXRwdXRfMBoFL1JlbHUiBFJlbHUKPxISL0NvbnN0YW50X291dHB1dF8wGgkvQ29uc3RhbnQiCENvbnN0YW50KhQKBXZh',
    'bHVlKggQAUoEAAAAAKABBApDEhQvQ29uc3RhbnRfMV9vdXRwdXRfMBoLL0NvbnN0YW50XzEiCENvbnN0YW50KhQKBXZhbHVlKggQ',
    'AUoEAADAQKABBApXCg4vUmVsdV9vdXRwdXRfMAoSL0NvbnN0YW50X291dHB1dF8wChQvQ29uc3RhbnRfMV9vdXRwdXRfMBIOL0Ns',
    'aXBfb3V0cHV0XzAaBS9DbGlwIgRDbGlwCk8KDS9NdWxfb3V0cHV0XzAKDi9DbGlwX291dHB1dF8wEhAvQ29uY2F0X291dHB1dF8w',
    'GgcvQ29uY2F0IgZDb25jYXQqCwoEYXhpcxgBoAECCoYBChAvQ29uY2F0X291dHB1dF8wEhEvTWF4UG9vbF9vdXRwdXRfMBoIL01h',
    'eFBvb2wiB01heFBvb2wqEAoJY2VpbF9tb2RlGACgAQIqFQoMa2VybmVsX3NoYXBlQAJAAqABByoRCgRwYWRzQABAAEAAQACgAQcq',
    'EAoHc3RyaWRlc0ACQAKgAQcKYgoRL01heFBvb2xfb3V0cHV0XzASFC9SZWR1Y2VNZWFuX291dHB1dF8wGgsvUmVkdWNlTWVhbiIK',
    'UmVkdWNlTWVhbioNCgRheGVzQAJAA6ABByoPCghrZWVwZGltcxgAoAECClESFC9Db25zdGFudF8yX291dHB1dF8wGgsvQ29uc3Rh',
    'bnRfMiIIQ29uc3RhbnQqIgoFdmFsdWUqFggCEAdKEAEAAAAAAAAA//////////+gAQQKUgoUL1JlZHVjZU1lYW5fb3V0cHV0XzAK',
    'FC9Db25zdGFudF8yX291dHB1dF8wEhEvUmVzaGFwZV9vdXRwdXRfMBoIL1Jlc2hhcGUiB1Jlc2hhcGUKdgoRL1Jlc2hhcGVfb3V0',
    'cHV0XzAKCGwud2VpZ2h0CgZsLmJpYXMSEC9sL0dlbW1fb3V0cHV0XzAaBy9sL0dlbW0iBEdlbW0qDwoFYWxwaGEVAACAP6ABASoO',
    'CgRiZXRhFQAAgD+gAQEqDQoGdHJhbnNCGAGgAQIKNgoQL2wvR2VtbV9vdXRwdXRfMBICMzQaCC9Tb2Z0bWF4IgdTb2Z0bWF4KgsK',
    'BGF4aXMYAaABAhIJdG9yY2hfaml0KqcBCAQIAQgDCAMQAUIIYy53ZWlnaHRKkAEi1KE+mIBivsu0Kj32uH4+G0Z3PqYMVD6GB3e+',
    'q8t1vsBtTr5Lhis99BiqPqicV77Y4zU+iOw8vqd2oL4AGJG9lqpEPlJxnj4z+1O+diWUPfBCkz6OL2I+ELpUPgaQcj4g5lc+kFSw',
    'PR5pab6cUY++7mccvsv8Hr2WOFG+kMH5PetG0z1wlJq9NjADPqCg3D0qcggDCAgQAUIIbC53ZWlnaHRKYOkJXT4K0HM+9TX1vUzc',
    'sD77aie93gJHvE3cqr6SA2m+FoFTvizaGr4Bs4A+YJ3svbhFh75aSws+2dPnPTN9aj5NWDu+p/2cPefMA76OrqK99EGQvsoAJb4Y',
    'wd29DdIaPioaCAMQAUIGbC5iaWFzSgwCSIQ959uyPSSttD4qzAMIBAgDCAMIAxABQg1vbm54OjpDb252XzM2SrADjN+VPethgL1H',
    'jeG8KoaIPafqCL4qcK4951rvvBr6kz3zvaE8w3WOvLdZIT2EleU7RHdUPduzYr16pym88nxRvEmjqDw2uxS6O0T+PbMHNT1ApFi9',
    'MKyvvQIEw7wC7Xq9f2o6vcjV3jviZK098NXPPXPlOr4IC+09+KRVPUtaNT40ZPw96TIuvo/INb66bri9e+InPrPE/rxFpKM93bGx',
    've+YOz5vyKG9eWAPPiXlEDtSccm9GIzEPST5yr3h6mA9+NNcvcCvp7xgzje+aE+2vZV9zz3l5Dm9fvwzPt7YED5mYAe8hTrxvUAU',
    '3D2HU2A9xZ3pveC+6j0iaNs9FUMgPh+Wyr1g9O28LghguxEk0zz7Igm+lzoAvnmaxD2sfSm90YiwPcjTJDztU209iO8ePapngz1m',
    'JrM9PVknvk/ptT3kG/6991Y/vm3BdjyO2yy9Q/EUPqzdEr7+cGG+/I44PgNqFr3nog4+ww2jPSUqPr6HyUs9jqZzPffLKb7JpfC9',
    'f/CsPcayNT2mvte91IiZvWZDaD6Rrju9ifkOPmmd2z317CO+KKpXvkhscz7e3lM8KiUIBBABQg1vbm54OjpDb252XzM3ShA7SYa+',
    'bpWVvp+rLD31TSE/WiEKB2lucHV0LjESFgoUCAESEAoCCAEKAggDCgIICAoCCAhiFAoCMzQSDgoMCAESCAoCCAEKAggDQgIQDQ==',
  ].join(''),
  'base64',
);

export interface Files {
  write(name: string, bytes: Uint8Array): string;
  remove(): void;
}

export function temporaryFiles(): Files {
  const folder = mkdtempSync(join(tmpdir(), 'ard-onnx-'));
  return {
    write(name, bytes) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
