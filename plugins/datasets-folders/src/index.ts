import { definePlugin } from '@ard/core';
import { imageFolder } from './image-folder.js';
import { tinyImagenet } from './tiny-imagenet.js';

export default definePlugin({
  name: 'datasets-folders',
  version: '0.1.0',
  summary: 'Folders of PNG, JPEG and WebP images; Tiny-ImageNet',
  components: [imageFolder, tinyImagenet],
});
