import type { Target } from '@ard/compiler';

export const providerNames = ['cpu', 'webgpu', 'cuda', 'tensorrt', 'coreml', 'dml'] as const;

export type ProviderName = (typeof providerNames)[number];

export interface Provider {
  /** What has to be there for it to start. */
  readonly remedy: string;
  /** What the compiler may use besides standard ONNX operators that every provider has. */
  readonly target: Target;
}

const elsewhere = 'or use provider=cpu';
/** Every provider but the CPU refuses batch norm in training mode, which is composed there. */
const composed = { trainingBatchNorm: false, fusedMatrixProducts: false };

/** ONNX Runtime's execution providers and what distinguishes them for us. */
export const providers: Readonly<Record<ProviderName, Provider>> = {
  cpu: { remedy: 'Run with --engine tfjs.', target: {} },
  webgpu: {
    remedy: `It needs a GPU with a driver for Vulkan, Metal or Direct3D 12; on Linux also libvulkan.so.1, ${elsewhere}.`,
    // wrong results of grouped convolutions that make several channels from one, no positions of maxima (1.30)
    target: { ...composed, channelMultipliers: false, maxPoolIndices: false },
  },
  cuda: {
    remedy:
      `It needs x64 Linux or Windows, an NVIDIA driver, CUDA 12 and cuDNN 9, and ONNX Runtime's CUDA files: ` +
      `npm rebuild onnxruntime-node --onnxruntime-node-install=cuda12, ${elsewhere}.`,
    target: { ...composed, fusedMatrixProducts: true },
  },
  tensorrt: {
    remedy: `It needs what cuda needs, and TensorRT 10; ${elsewhere} or cuda.`,
    target: composed,
  },
  coreml: { remedy: `It exists on macOS only; ${elsewhere}.`, target: composed },
  dml: { remedy: `It exists on Windows only; ${elsewhere}.`, target: composed },
};
