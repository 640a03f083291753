export { copyEnvironment, type CopyEnvironmentOptions, type CopiedEnvironment } from './copy-environment.ts';
