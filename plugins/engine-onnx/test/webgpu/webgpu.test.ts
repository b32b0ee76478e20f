import { softwareVulkanSuites } from '@ard/testkit';

softwareVulkanSuites(
  'engine-onnx on webgpu, with a software driver',
  ['contract', 'network'],
  import.meta.url,
);
