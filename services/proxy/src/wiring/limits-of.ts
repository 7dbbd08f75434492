import type { DecodeOptions, JsonLimits } from '@sallyport/jsonrpc'
import type { ProxyConfig } from '../config.ts'
import type { ChannelLimits } from '../reaching/channel/channel-exchanges.ts'

/** The limits of a request's JSON. */
export function requestLimits({ limits, json }: Pick<ProxyConfig, 'limits' | 'json'>): DecodeOptions {
  return {
    maxBytes: limits.bodyBytes,
    maxDepth: json.depth,
    maxMembers: json.members,
    maxKeys: json.keys,
    maxKeyLength: json.keyLength,
    maxStringLength: json.stringLength,
    maxArguments: json.arguments,
  }
}

/** The same of an answer, or of one frame of its stream: the server was chosen by an operator, so it may say more. */
export function answerLimits({
  limits,
  answerJson,
}: Pick<ProxyConfig, 'limits' | 'answerJson'>): Required<JsonLimits> {
  return {
    prototypeKeys: true,
    maxBytes: limits.answerBytes,
    maxDepth: answerJson.depth,
    maxMembers: answerJson.members,
    maxKeys: answerJson.keys,
    maxKeyLength: answerJson.keyLength,
    maxStringLength: limits.answerBytes,
  }
}

/** How much may be under way, and wait, on the line to a server that is not reached by HTTP. */
export function channelLimits(
  config: Pick<ProxyConfig, 'limits' | 'answerJson' | 'upstream'>,
): ChannelLimits {
  const { limits, upstream } = config
  return {
    json: answerLimits(config),
    open: limits.callsPerGateway,
    firstMs: upstream.headersMs,
    silentMs: upstream.idleMs,
  }
}
