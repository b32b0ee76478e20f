export { download, type DownloadOptions, type DownloadProgress } from './download.js';
export { fileDigest, parseChecksum, type Checksum } from './checksum.js';
