export {
  type ChannelServer,
  type ServedRequest,
  startChannelServer,
  type StartChannelServerOptions,
} from './channel-server.ts';
