import type { DataOf } from '@sallyport/events'
import { canonicalJson, sha256Hex } from '@sallyport/runtime'

export type RequestedData = DataOf<'sallyport.approval.requested.v2'>
/** What an approval is bound to: one exact call under one exact policy. */
export type CallBinding = RequestedData['binding']

/** SHA-256 (hex) over the canonical JSON (RFC 8785) of a binding: equal digests mean the same exact call. */
export function callDigest(binding: CallBinding): string {
  const { tenant, gatewayId, upstream, upstreamDigest, action, argsDigest, toolDigest, policyVersion } =
    binding
  const bound = { tenant, gatewayId, upstream, upstreamDigest, action, argsDigest, toolDigest, policyVersion }
  return sha256Hex(canonicalJson(bound))
}
