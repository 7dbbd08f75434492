import type { DecodeOptions, JsonLimits } from '@sallyport/jsonrpc'
import type { ProxyConfig } from '../../../config.ts'

/** What a request's JSON may be. */
export function requestLimits({ limits, json }: ProxyConfig): DecodeOptions {
  return {
    maxBytes: limits.bodyBytes,
    maxDepth: json.depth,
    maxMembers: json.members,
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
    maxBytes: limits.answerBytes,
    maxDepth: answerJson.depth,
    maxMembers: answerJson.members,
    maxKeyLength: answerJson.keyLength,
    maxStringLength: limits.answerBytes,
  }
}
