import { softwareVulkanSuites } from '@ard/testkit';

softwareVulkanSuites('networks on webgpu, with a software driver', ['webgpu-models'], import.meta.url);
