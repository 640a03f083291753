/** Loaded with the first connection. A CommonJS package must be named in a static import to be bundled with its names. */
export { Agent, buildConnector, Client, Pool, ProxyAgent, Socks5ProxyAgent } from 'undici';
