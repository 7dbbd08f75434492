import type { ProxyConfig } from '../../config.ts'
import type { ChannelLimits } from './channel-exchanges.ts'

export function channelLimits({ limits, upstream }: Pick<ProxyConfig, 'limits' | 'upstream'>): ChannelLimits {
  return {
    answerBytes: limits.answerBytes,
    open: limits.callsPerGateway,
    firstMs: upstream.headersMs,
    silentMs: upstream.idleMs,
  }
}
